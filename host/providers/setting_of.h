// How operators name a setting of one provider.
#pragma once

#include <string>
#include <string_view>

namespace herald::providers {

// API_PROVIDER_SMS_MMS_CONFIG for the provider "sms-mms" and the field "CONFIG".
std::string setting_of(std::string_view provider, std::string_view field);

}  // namespace herald::providers
