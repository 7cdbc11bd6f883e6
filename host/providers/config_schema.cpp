#include "providers/config_schema.h"

#include <exception>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "providers/plain_text.h"
#include "providers/schema_faults.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using domain::DocumentFault;
using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr std::size_t kMaxDocumentBytes = 256UL << 10U;
constexpr int kMaxDepth = 64;  // valijson recurses
constexpr std::size_t kMaxErrorBytes = 1000;

base::Result<json> parse_object(std::string_view text, const std::string& what) {
  if (text.size() > kMaxDocumentBytes) {
    return base::fail(ErrorCode::kInvalid, what + " has " + std::to_string(text.size()) + " bytes, more than " +
                                               std::to_string(kMaxDocumentBytes));
  }
  try {
    json document = json::parse(text, [](int depth, json::parse_event_t, json&) {
      if (depth > kMaxDepth) throw std::length_error("nested deeper than 64");
      return true;
    });
    if (document.is_object()) return document;
    return base::fail(ErrorCode::kInvalid, what + " is a JSON " + document.type_name() + ", expected an object");
  } catch (const json::parse_error& error) {
    // The library's own message quotes the text, which may hold a secret.
    return base::fail(ErrorCode::kInvalid, what + " is no JSON: a syntax error at byte " + std::to_string(error.byte));
  } catch (const std::exception& error) {
    return base::fail(ErrorCode::kInvalid, what + " is refused: " + error.what());
  }
}

base::Status populate(const json& document, valijson::Schema& schema) {
  try {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(Adapter(document), schema);
    return {};
  } catch (const std::exception& error) {
    return base::fail(ErrorCode::kInvalid,
                      "the configuration's schema is no usable JSON Schema: " + one_line(error.what(), 300));
  }
}

// "/port" for the path that valijson gives as <root>["port"] and [0].
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (std::string step : context) {
    if (step == "<root>") continue;
    if (step.starts_with("[\"") && step.ends_with("\"]"))
      step = step.substr(2, step.size() - 4);
    else if (step.starts_with('[') && step.ends_with(']'))
      step = step.substr(1, step.size() - 2);
    pointer += "/" + step;
  }
  return one_line(pointer, 200);
}

}  // namespace

base::Status check_schema(std::string_view schema) {
  if (schema.empty()) return {};
  return parse_object(schema, "the configuration's schema").and_then([](const json& document) -> base::Status {
    valijson::Schema unused;
    return populate(document, unused);
  });
}

base::Status check_document(std::string_view text) {
  if (const auto document = parse_object(text, "the configuration"); !document)
    return tl::make_unexpected(document.error());
  return {};
}

namespace {

// Strong types: the text "25" is no number. Throws what valijson throws.
bool is_valid(const json& schema, const json& value, valijson::ValidationResults* faults) {
  valijson::Schema compiled;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(Adapter(schema), compiled);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  return validator.validate(compiled, Adapter(value), faults);
}

// A part that cannot stand alone is left to the verdict on the whole.
bool part_fits(const json& schema, const json& value) {
  try {
    return is_valid(schema, value, nullptr);
  } catch (const std::exception&) {
    return true;
  }
}

std::vector<DocumentFault> faults_of(const json& schema, const json& document) {
  valijson::ValidationResults verdict;
  if (is_valid(schema, document, &verdict)) return {};
  auto faults = schema_faults(schema, document, part_fits);
  if (!faults.empty()) return faults;
  for (const auto& fault : verdict)
    faults.push_back(
        {pointer_of(fault.context), "does not fit the plugin's schema: " + one_line(fault.description, 200)});
  return faults;
}

}  // namespace

base::Result<std::vector<DocumentFault>> config_faults(std::string_view schema, std::string_view text) {
  const auto document = parse_object(text, "the configuration");
  if (!document) return tl::make_unexpected(document.error());
  if (schema.empty()) return {};
  const auto schema_document = parse_object(schema, "the configuration's schema");
  if (!schema_document) return tl::make_unexpected(schema_document.error());
  valijson::Schema compiled;
  if (auto usable = populate(*schema_document, compiled); !usable) return tl::make_unexpected(usable.error());
  try {
    return faults_of(*schema_document, *document);
  } catch (const std::exception& error) {
    return base::fail(ErrorCode::kInvalid, std::string("the configuration cannot be checked: ") + error.what());
  }
}

base::Error unfit_error(const std::vector<DocumentFault>& faults) {
  std::string message = "the configuration does not fit the plugin's schema";
  for (const auto& fault : faults) {
    message += "; " + (fault.pointer.empty() ? "the document" : one_line(fault.pointer, 200)) + " " + fault.message;
    if (message.size() > kMaxErrorBytes) break;
  }
  return {ErrorCode::kInvalid, message};
}

base::Status check_config(std::string_view schema, std::string_view text) {
  const auto faults = config_faults(schema, text);
  if (!faults) return tl::make_unexpected(faults.error());
  if (faults->empty()) return {};
  return tl::make_unexpected(unfit_error(*faults));
}

}  // namespace herald::providers
