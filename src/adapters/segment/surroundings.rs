//! Where the customer was as it happened: the device, the time zone.

use super::super::original::Original;
use super::super::words;
use super::say_profile;
use crate::context::{Change, Device, Event, Profile};
use crate::vocabulary::{Channel, Environment, FormFactor};

/// Whether an event shows that the customer was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// They did it themselves.
    Certain,
    /// They did, if a device sent it.
    OnDevice,
    /// It does not show.
    None,
}

/// What sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    Browser,
    App,
    Server,
    Unknown,
}

impl Sender {
    fn of(message: &Original<'_>) -> Self {
        let channel = ["context.channel", "channel"].iter().find_map(|path| message.word(path));
        match channel.as_deref() {
            Some("browser" | "web") => Self::Browser,
            Some("mobile") => Self::App,
            Some("server") => Self::Server,
            _ if message.has("context.userAgentData") => Self::Browser,
            _ if message.has("context.device") => Self::App,
            _ => Self::Unknown,
        }
    }
}

/// Returns the channel an event came by: the web or the app.
pub(super) fn channel(message: &Original<'_>) -> Option<Channel> {
    let by_type = || match message.word("type")?.as_str() {
        "page" => Some(Channel::Web),
        "screen" => Some(Channel::InApp),
        _ => None,
    };
    match Sender::of(message) {
        Sender::Browser => Some(Channel::Web),
        Sender::App => Some(Channel::InApp),
        Sender::Server => None,
        Sender::Unknown => by_type(),
    }
}

/// Tells that the customer was there, on which device, and in which time zone.
pub(super) fn tell(message: &Original<'_>, event: &mut Event, kind: &str, presence: Presence) {
    let sender = Sender::of(message);
    let on_device = matches!(sender, Sender::Browser | Sender::App);
    let was_there = match presence {
        Presence::Certain => sender != Sender::Server,
        Presence::OnDevice => on_device,
        Presence::None => false,
    };
    if !was_there {
        return;
    }
    let is_said = event.changes.iter().any(|change| matches!(change, Change::LoggedIn));
    if !is_said {
        event.changes.push(Change::Seen);
    }
    let device = device(message, event, sender, kind);
    event.changes.extend(words::says_something(&device).then_some(Change::Device(device)));
    let mut profile = Profile::new(event.at);
    profile.time_zone = message.text("context.timezone").map(str::to_owned);
    say_profile(event, profile);
}

fn device(message: &Original<'_>, event: &Event, sender: Sender, kind: &str) -> Device {
    let mut device = Device::new(event.at);
    device.form_factor = form_factor(message);
    // The type of a device is an operating system here.
    let systems = ["context.userAgentData.platform", "context.os.name", "context.device.type"];
    device.platform = systems.iter().find_map(|path| words::platform_at(message, path));
    device.environment = match (sender, kind) {
        (Sender::Browser, _) | (Sender::Unknown, "page") => Some(Environment::Browser),
        (Sender::App, _) | (Sender::Unknown, "screen") => Some(Environment::App),
        _ => None,
    };
    if device.environment == Some(Environment::App) {
        device.app_version = message.text("context.app.version").map(str::to_owned);
    }
    device.locale = message.text("context.locale").map(str::to_owned);
    device
}

fn form_factor(message: &Original<'_>) -> Option<FormFactor> {
    let shapes = message.list("context.userAgentData.formFactors");
    let shapes: Vec<_> = shapes.filter_map(|shape| words::form_factor_at(&shape, "")).collect();
    let by_hint = || {
        let is_mobile = message.flag("context.userAgentData.mobile")?;
        Some(if is_mobile { FormFactor::Mobile } else { FormFactor::Desktop })
    };
    words::most_specific(&shapes).or_else(by_hint)
}
