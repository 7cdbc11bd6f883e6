#include "html_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace smtp {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool starts_with(std::string_view text, std::string_view lower_case_beginning) {
  return text.size() >= lower_case_beginning.size() &&
         lowered(text.substr(0, lower_case_beginning.size())) == lower_case_beginning;
}

template <std::size_t N>
bool one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Elements that begin on a line of their own.
constexpr std::array<std::string_view, 30> kBlocks = {
    "address", "article", "aside", "blockquote", "body",  "center", "dd",    "div",  "dl",  "dt",
    "figure",  "footer",  "form",  "header",     "hr",    "html",   "li",    "main", "nav", "ol",
    "pre",     "section", "table", "tbody",      "tfoot", "thead",  "title", "tr",   "ul",  "fieldset"};
// Those with an empty line around them.
constexpr std::array<std::string_view, 7> kParagraphs = {"p", "h1", "h2", "h3", "h4", "h5", "h6"};
// Those whose content is no text of the mail.
constexpr std::array<std::string_view, 5> kSilent = {"head", "script", "style", "template", "noscript"};
constexpr std::array<std::string_view, 28> kOthers = {
    "a",    "abbr", "b",    "big",   "br",   "button", "caption", "code", "del",    "em",  "font", "i",  "img", "ins",
    "link", "mark", "meta", "small", "span", "strike", "strong",  "sub",  "center", "sup", "td",   "th", "tt",  "u"};

bool is_element(const std::string& name) {
  return one_of(name, kBlocks) || one_of(name, kParagraphs) || one_of(name, kSilent) || one_of(name, kOthers);
}

struct Tag {
  std::string name;  // in lower case; empty for a "<" that begins none
  bool closing = false;
  std::string href;
  std::size_t size = 0;  // up to and with its ">"
};

// Steps over one attribute, or what stands for one; keeps the value of href.
std::size_t attribute(std::string_view text, std::size_t at, std::string& href) {
  const std::size_t begin = at;
  while (at < text.size() && kSpace.find(text[at]) == std::string_view::npos && text[at] != '=' && text[at] != '>')
    ++at;
  const auto name = text.substr(begin, at - begin);
  at = std::min(text.find_first_not_of(kSpace, at), text.size());
  if (at == text.size() || text[at] != '=') return std::max(at, begin);
  at = std::min(text.find_first_not_of(kSpace, at + 1), text.size());
  if (at == text.size()) return at;
  const char quote = text[at];
  const bool is_quoted = quote == '"' || quote == '\'';
  const std::size_t first = is_quoted ? at + 1 : at;
  const auto end = is_quoted ? text.find(quote, first) : text.find_first_of(" \t\r\n\f>", first);
  const std::size_t last = std::min(end, text.size());
  if (lowered(name) == "href") href = text.substr(first, last - first);
  return is_quoted && last < text.size() ? last + 1 : last;
}

Tag read_tag(std::string_view text) {
  Tag tag;
  std::size_t at = 1;
  tag.closing = at < text.size() && text[at] == '/';
  if (tag.closing) ++at;
  const std::size_t begin = at;
  while (at < text.size() && (is_letter(text[at]) || (at > begin && is_digit(text[at]))))
    ++at;
  tag.name = lowered(text.substr(begin, at - begin));
  while (at < text.size() && text[at] != '>') {
    const std::size_t before = at;
    if (kSpace.find(text[at]) != std::string_view::npos || text[at] == '/') {
      ++at;
    } else {
      at = attribute(text, at, tag.href);
    }
    if (at == before) ++at;  // such as an "=" without a name
  }
  tag.size = std::min(at + 1, text.size());
  return tag;
}

// The end of what begins with `<!` or `<?`: a comment, a doctype.
std::size_t declaration_size(std::string_view text) {
  const bool is_comment = text.substr(0, 4) == "<!--";
  const auto end = is_comment ? text.find("-->", 4) : text.find('>');
  return end == std::string_view::npos ? text.size() : end + (is_comment ? 3 : 1);
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

// The reference at the front of `text`, which begins with "&", and its size; an unknown one stands for its "&".
std::pair<std::string, std::size_t> reference(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 24> kNamed = {{
      {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},     {"apos", '\''},    {"nbsp", 0xA0},
      {"copy", 0xA9},    {"reg", 0xAE},      {"deg", 0xB0},     {"middot", 0xB7},  {"laquo", 0xAB},   {"raquo", 0xBB},
      {"ndash", 0x2013}, {"mdash", 0x2014},  {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D},
      {"bull", 0x2022},  {"hellip", 0x2026}, {"euro", 0x20AC},  {"pound", 0xA3},   {"trade", 0x2122}, {"times", 0xD7},
  }};
  constexpr std::size_t kLongest = 10;
  const auto end = text.substr(0, kLongest).find(';');
  if (end == std::string_view::npos) return {"&", 1};
  const auto name = text.substr(1, end - 1);
  std::string out;
  for (const auto& known : kNamed) {
    if (known.first == name) append_utf8(out, known.second);
  }
  if (name.size() >= 2 && name.front() == '#') {
    const bool hex = name[1] == 'x' || name[1] == 'X';
    std::uint32_t code = 0;  // at most eight digits, so it does not overflow
    std::size_t digits = 0;
    for (const char c : name.substr(hex ? 2 : 1)) {
      const auto value = static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (lowered({&c, 1})[0] - 'a' + 10));
      if (value >= (hex ? 16U : 10U)) return {"&", 1};
      code = code * (hex ? 16U : 10U) + value;
      ++digits;
    }
    if (digits > 0) append_utf8(out, code);
  }
  return out.empty() ? std::pair<std::string, std::size_t>{"&", 1} : std::pair{out, end + 1};
}

// Gathers words, and remembers what has to stand before the next one.
class Page {
 public:
  void word(std::string_view text) {
    if (text.empty()) return;
    if (!out_.empty()) {
      for (int line = 0; line < breaks_; ++line)
        out_ += "\r\n";
      if (breaks_ == 0 && space_) out_ += ' ';
    }
    breaks_ = 0;
    space_ = false;
    out_ += text;
  }
  void space() { space_ = true; }
  void line() { breaks_ = std::max(breaks_, 1); }
  void paragraph() { breaks_ = std::max(breaks_, 2); }
  void one_more_line() { breaks_ = std::min(breaks_ + 1, 2); }
  std::string take() { return out_.empty() ? std::move(out_) : std::move(out_) + "\r\n"; }

 private:
  std::string out_;
  int breaks_ = 0;
  bool space_ = false;
};

class Reader {
 public:
  std::string read(std::string_view html) {
    std::string word;
    while (!html.empty()) {
      const char c = html.front();
      if (c == '<' && html.size() > 1 && is_markup(html[1])) {
        page_.word(std::exchange(word, {}));
        html.remove_prefix(html[1] == '!' || html[1] == '?' ? declaration_size(html) : tag(html));
      } else if (kSpace.find(c) != std::string_view::npos) {
        page_.word(std::exchange(word, {}));
        page_.space();
        html.remove_prefix(1);
      } else if (c == '&') {
        const auto read = reference(html);
        word += read.first;
        html.remove_prefix(read.second);
      } else {
        word += c;
        html.remove_prefix(1);
      }
    }
    page_.word(word);
    return page_.take();
  }

 private:
  static bool is_markup(char c) { return is_letter(c) || c == '/' || c == '!' || c == '?'; }

  std::size_t tag(std::string_view html) {
    const Tag tag = read_tag(html);
    if (!tag.closing && one_of(tag.name, kSilent)) return silent_size(html, tag);
    if (one_of(tag.name, kParagraphs)) {
      page_.paragraph();
    } else if (tag.name == "br") {
      page_.one_more_line();
    } else if (one_of(tag.name, kBlocks)) {
      page_.line();
    } else if (tag.name == "td" || tag.name == "th") {
      page_.space();
    }
    if (tag.name == "li" && !tag.closing) {
      page_.word("-");
      page_.space();
    }
    if (tag.name == "a") link(tag);
    return tag.size;
  }

  void link(const Tag& tag) {
    const std::string left = std::exchange(href_, tag.closing ? std::string() : tag.href);
    const bool leads_away = starts_with(left, "http://") || starts_with(left, "https://");
    if (!tag.closing || !leads_away) return;
    page_.space();
    page_.word("(" + unescaped(left) + ")");
  }

  static std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      auto read = text.front() == '&' ? reference(text) : std::pair{std::string(1, text.front()), std::size_t{1}};
      if (static_cast<unsigned char>(read.first.front()) >= ' ') out += read.first;
      text.remove_prefix(read.second);
    }
    return out;
  }

  // Up to the element's end tag, or to the end of everything.
  static std::size_t silent_size(std::string_view html, const Tag& tag) {
    for (std::size_t at = tag.size; (at = html.find("</", at)) != std::string_view::npos; at += 2) {
      if (starts_with(html.substr(at + 2), tag.name)) return at + read_tag(html.substr(at)).size;
    }
    return html.size();
  }

  Page page_;
  std::string href_;
};

}  // namespace

bool is_html(std::string_view body) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.substr(0, kByteOrderMark.size()) == kByteOrderMark) body.remove_prefix(kByteOrderMark.size());
  for (;;) {
    body.remove_prefix(std::min(body.find_first_not_of(kSpace), body.size()));
    if (body.substr(0, 4) != "<!--") break;
    body.remove_prefix(declaration_size(body));
  }
  if (starts_with(body, "<!doctype html")) return true;
  if (body.size() < 3 || body.front() != '<' || !is_letter(body[1])) return false;
  std::size_t end = 1;
  while (end < body.size() && (is_letter(body[end]) || is_digit(body[end])))
    ++end;
  constexpr std::size_t kLongestName = 10;
  if (end == body.size() || end > kLongestName + 1) return false;
  const bool ends = kSpace.find(body[end]) != std::string_view::npos || body[end] == '>' || body[end] == '/';
  return ends && is_element(lowered(body.substr(1, end - 1)));
}

std::string plain_text_of(std::string_view html) {
  return Reader().read(html);
}

}  // namespace smtp
