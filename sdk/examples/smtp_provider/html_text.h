// Whether a body is HTML, and the plain text that stands beside it for readers that show none.
#pragma once

#include <string>
#include <string_view>

namespace smtp {

/// True when the first thing in `body`, after white space and comments, is a doctype or a tag of HTML. A text that
/// merely mentions tags is text. Threading: pure.
bool is_html(std::string_view body);

/// The words of an HTML body in UTF-8, with CRLF line breaks: scripts, styles and tags gone, paragraphs and list items
/// on lines of their own, links followed by where they lead. Takes any input, in time proportional to its length.
/// Empty when there are no words, as in a mail that is one picture.
std::string plain_text_of(std::string_view html);

}  // namespace smtp
