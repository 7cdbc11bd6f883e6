// Ties a setting to the field of an options structure that it fills. The field's initial value is the default, so a
// default stands in one place only. Private to the room.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "config/setting.h"

namespace herald::config::bindings {

inline std::uint64_t number(const Value& value) {
  return std::get<std::uint64_t>(value);
}

// How a field of type T takes a checked value, and gives its own. The table's range fits the field, and a choice's
// index is the enumerator's value: the choices stand in the enumeration's order.
template <typename T>
struct Field {
  static T from(const Value& value) { return static_cast<T>(number(value)); }
  static std::optional<Value> value(T field) { return static_cast<std::uint64_t>(field); }
};

template <>
struct Field<std::string> {
  static std::string from(const Value& value) { return std::get<std::string>(value); }
  static std::optional<Value> value(const std::string& field) {
    if (field.empty()) return std::nullopt;
    return field;
  }
};

template <>
struct Field<bool> {
  static bool from(const Value& value) { return number(value) != 0; }
  static std::optional<Value> value(bool field) { return std::uint64_t{field ? 1U : 0U}; }
};

template <typename Rep, typename Period>
struct Field<std::chrono::duration<Rep, Period>> {
  using Duration = std::chrono::duration<Rep, Period>;
  static Duration from(const Value& value) { return Duration{static_cast<Rep>(number(value))}; }
  static std::optional<Value> value(Duration field) { return static_cast<std::uint64_t>(field.count()); }
};

template <typename T>
struct Field<std::optional<T>> {
  static std::optional<T> from(const Value& value) { return Field<T>::from(value); }
  static std::optional<Value> value(const std::optional<T>& field) {
    return field ? Field<T>::value(*field) : std::nullopt;
  }
};

template <typename Reference>
using FieldOf = Field<std::remove_cv_t<std::remove_reference_t<Reference>>>;

// `access` gives a reference to the field, of Settings and of const Settings alike.
template <typename Access>
Setting bound(Setting setting, Access access) {
  if (setting.kind == Kind::kSwitch) setting.choices = {"off", "on"};
  setting.assign = [access](Settings& settings, const std::string&, const Value& value) {
    auto& field = access(settings);
    field = FieldOf<decltype(field)>::from(value);
  };
  setting.initial = [access](const Settings& settings) {
    const auto& field = access(settings);
    return FieldOf<decltype(field)>::value(field);
  };
  return setting;
}

// `access` takes Settings& and the provider's name and gives a reference to the field, making room for it.
template <typename Access>
Setting bound_for_provider(Setting setting, Access access) {
  setting.assign = [access](Settings& settings, const std::string& provider, const Value& value) {
    auto& field = access(settings, provider);
    field = FieldOf<decltype(field)>::from(value);
  };
  return setting;
}

}  // namespace herald::config::bindings
