// The JSON Schema (draft 7) of the configuration; README.md says more of each member.
#pragma once

#include <string_view>

namespace smtp {

inline constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["url"],
  "properties": {
    "url": {"type": "string", "minLength": 1, "maxLength": 1000,
      "description": "The server: smtp://host:port, or smtps://host:port for TLS from the first byte."},
    "helo": {"type": "string", "minLength": 1, "maxLength": 255,
      "description": "The name that this client gives in EHLO; the machine's own unless set."},
    "username": {"type": "string", "minLength": 1, "maxLength": 500},
    "password": {"type": "string", "maxLength": 1000, "writeOnly": true},
    "auth": {"type": "string", "enum": ["any", "plain", "login"], "default": "any",
      "description": "The mechanism to authenticate by."},
    "plaintext_auth": {"type": "boolean", "default": false,
      "description": "Allows the password on a connection that may not be encrypted."},
    "starttls": {"type": "string", "enum": ["never", "opportunistic", "required"], "default": "required",
      "description": "Whether a connection to smtp:// is encrypted by STARTTLS before anything is sent."},
    "tls_verify": {"type": "boolean", "default": true,
      "description": "Whether the server's certificate must be valid and bear its name."},
    "ca_file": {"type": "string", "minLength": 1, "maxLength": 4000,
      "description": "Absolute path of the certificates (PEM) to trust, instead of the system's."},
    "from": {"type": "string", "minLength": 1, "maxLength": 254,
      "description": "Sends every mail from this address; the message's own becomes Reply-To."},
    "from_name": {"type": "string", "minLength": 1, "maxLength": 200, "description": "The display name in From."},
    "envelope_sender": {"type": "string", "minLength": 1, "maxLength": 254,
      "description": "Where bounces go (MAIL FROM); the address in From unless set."},
    "message_id_domain": {"type": "string", "minLength": 1, "maxLength": 253,
      "description": "The right half of Message-ID; the domain of the address in From unless set."},
    "body_format": {"type": "string", "enum": ["auto", "text", "html"], "default": "auto",
      "description": "What bodies are; auto looks whether one begins with a tag of HTML."},
    "connections": {"type": "integer", "minimum": 1, "maximum": 16, "default": 8,
      "description": "The most connections to the server at once."},
    "connect_timeout_ms": {"type": "integer", "minimum": 10, "maximum": 600000, "default": 10000},
    "timeout_ms": {"type": "integer", "minimum": 10, "maximum": 600000, "default": 60000,
      "description": "For a whole mail; the host's own deadline cuts it short."},
    "idle_seconds": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 60,
      "description": "How long a connection without a mail is used again."},
    "greylist_retry_seconds": {"type": "integer", "minimum": 0, "maximum": 86400, "default": 60,
      "description": "How long a message waits at least that the server does not take yet; 0: the host's backoff."}
  }
})";

}  // namespace smtp
