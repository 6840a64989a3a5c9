//! Words of the field for ours: channels, devices, priorities.

use super::folded::fold;
use super::original::Original;
use crate::context::Device;
use crate::vocabulary::{Channel, FormFactor, Platform, Priority};

/// Returns the channel that most systems mean by a name. `mail` is not among
/// them: to a help desk it is e-mail, to others it is post.
pub(super) fn channel(name: &str) -> Option<Channel> {
    Some(match fold(name).as_str() {
        "website" | "browser" | "web_form" | "web_widget" | "portal" | "self_service" => {
            Channel::Web
        }
        "inapp" | "mobile_app" | "mobile_sdk" => Channel::InApp,
        "e_mail" => Channel::Email,
        "text" | "mms" => Channel::Sms,
        "voice" | "call" | "phone_call" | "telephone" => Channel::Phone,
        "whats_app" => Channel::Whatsapp,
        "live_chat" | "messaging" | "native_messaging" | "virtual_agent" => Channel::Chat,
        "facebook" | "twitter" | "x" | "instagram" | "instagram_dm" | "linkedin"
        | "any_channel" | "facebook_messenger" | "messenger" | "line" | "wechat" | "telegram"
        | "viber" | "twitter_dm" | "x_corp" => Channel::Social,
        "walk_in" | "in_store" => Channel::Store,
        "post" | "letter" | "phymail" | "postalmail" | "postal_mail" => Channel::Postal,
        "invehicle" => Channel::InVehicle,
        "other" => return None,
        word => return word.parse().ok(),
    })
}

/// Reads a channel; a name that is not known is left out, as are those of
/// which it is known that they are no channel.
pub(super) fn channel_at(
    original: &Original<'_>,
    path: &str,
    own: impl Fn(&str) -> Option<Channel>,
    no_channels: &[&str],
) -> Option<Channel> {
    let word = original.word(path)?;
    let found = own(&word).or_else(|| channel(&word));
    if found.is_none() && !no_channels.contains(&word.as_str()) {
        original.warn(path, format!("`{word}` is not a known channel"));
    }
    found
}

/// Returns the operating system of a name.
pub(super) fn platform(name: &str) -> Option<Platform> {
    Some(match fold(name).as_str() {
        "ios" | "ipados" | "iphone_os" => Platform::Ios,
        "macos" | "mac_os" | "mac_os_x" | "os_x" => Platform::Macos,
        "chrome_os" | "chromium_os" | "chromeos" => Platform::ChromeOs,
        "ubuntu" | "fedora" | "debian" => Platform::Linux,
        word if word.starts_with("windows_") => Platform::Windows,
        word if word.starts_with("android_") => Platform::Android,
        "other" => return None,
        word => return word.parse().ok(),
    })
}

/// Returns the shape of a device of a name.
pub(super) fn form_factor(name: &str) -> Option<FormFactor> {
    Some(match fold(name).as_str() {
        "phone" | "smartphone" | "mobile_phone" => FormFactor::Mobile,
        "computer" | "laptop" | "pc" => FormFactor::Desktop,
        "ereader" | "e_reader" => FormFactor::Eink,
        "television" | "settop" | "set_top_box" | "smart_tv" => FormFactor::Tv,
        "vr" | "ar" => FormFactor::Xr,
        "car" => FormFactor::Automotive,
        "other" => return None,
        word => return word.parse().ok(),
    })
}

/// Reads an operating system; one that is not known is left out.
pub(super) fn platform_at(original: &Original<'_>, path: &str) -> Option<Platform> {
    known(original, path, "operating system", platform)
}

/// Reads the shape of a device; one that is not known is left out.
pub(super) fn form_factor_at(original: &Original<'_>, path: &str) -> Option<FormFactor> {
    known(original, path, "shape of a device", form_factor)
}

fn known<T>(
    original: &Original<'_>,
    path: &str,
    what: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let name = original.text(path)?;
    let found = read(name);
    // That nobody knows is no news.
    if found.is_none() && !name.eq_ignore_ascii_case("unknown") {
        original.warn(path, format!("`{name}` is not a known {what}"));
    }
    found
}

/// Of several shapes a device has, the most specific comes first: everything
/// is a desktop or mobile besides.
const MOST_SPECIFIC: [FormFactor; 8] = [
    FormFactor::Automotive,
    FormFactor::Xr,
    FormFactor::Watch,
    FormFactor::Eink,
    FormFactor::Tv,
    FormFactor::Tablet,
    FormFactor::Mobile,
    FormFactor::Desktop,
];

/// Returns the most specific of several shapes.
pub(super) fn most_specific(shapes: &[FormFactor]) -> Option<FormFactor> {
    MOST_SPECIFIC.into_iter().find(|shape| shapes.contains(shape))
}

/// Tells whether anything is known of a device.
pub(super) fn says_something(device: &Device) -> bool {
    device.form_factor.is_some()
        || device.platform.is_some()
        || device.environment.is_some()
        || device.app_version.is_some()
        || device.locale.is_some()
        || device.push_enabled.is_some()
}

/// Returns the priority of a name.
pub(super) fn priority(name: &str) -> Option<Priority> {
    Some(match fold(name).as_str() {
        "medium" | "moderate" => Priority::Normal,
        "critical" => Priority::Urgent,
        word => return word.parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_are_known() {
        for channel_word in Channel::ALL.iter().filter(|word| **word != Channel::Other) {
            assert_eq!(channel(channel_word.as_str()), Some(*channel_word));
        }
        for word in FormFactor::ALL.iter().filter(|word| **word != FormFactor::Other) {
            assert_eq!(form_factor(word.as_str()), Some(*word));
            assert_eq!(most_specific(&[*word]), Some(*word));
        }
        for word in Platform::ALL.iter().filter(|word| **word != Platform::Other) {
            assert_eq!(platform(word.as_str()), Some(*word));
        }
        for word in Priority::ALL {
            assert_eq!(priority(word.as_str()), Some(*word));
        }
    }

    #[test]
    fn nothing_is_guessed() {
        assert_eq!(channel("mail"), None);
        assert_eq!(channel("api"), None);
        assert_eq!(channel("other"), None);
        assert_eq!(platform("Windows Phone"), Some(Platform::Windows));
        assert_eq!(platform("HarmonyOS"), None);
        assert_eq!(form_factor("fridge"), None);
    }
}
