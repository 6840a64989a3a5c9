//! How a batch is asked for.

use tactful::decision::Detail;
use tactful::{Channel, Request, Timestamp};

/// How a batch is decided: when, on which channel, and what comes out.
///
/// # Examples
///
/// ```
/// use tactful::{Channel, Timestamp};
/// use tactful_arrow::{Accounts, Options};
///
/// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
/// let options = Options::new().now(now).channel(Channel::Email).limit(3).carry(["user_id"]);
/// assert_eq!(options.get_accounts(), Accounts::Suppressed);
/// # Ok::<(), tactful::time::ParseTimeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    pub(crate) now: Option<Timestamp>,
    pub(crate) channel: Option<Channel>,
    pub(crate) request: Option<Request>,
    pub(crate) limit: Option<usize>,
    pub(crate) as_of: Option<Timestamp>,
    pub(crate) carry: Vec<String>,
    pub(crate) ignore: Vec<String>,
    pub(crate) accounts: Accounts,
    pub(crate) on_error: OnError,
}

/// Which actions that are not recommended the result accounts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accounts {
    /// None, and neither suppressions in force nor how long a row is valid: the
    /// recommendations alone. This is the fastest.
    Ranking,
    /// None; suppressions in force and how long a row is valid are there.
    None,
    /// Those that a suppression holds back, in the column `suppressed`.
    #[default]
    Suppressed,
    /// Every one of them, in the column `withheld`.
    Withheld,
}

/// What becomes of a batch in which a row cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnError {
    /// Nothing is recommended in that row: its results are null, and the
    /// column `error` says why. The other rows are decided.
    #[default]
    Null,
    /// The batch fails with [`Error::Row`](crate::Error::Row).
    Fail,
}

impl Options {
    /// Asks for what is recommended and what is suppressed, for all rows that
    /// can be read; `now` and `channel` come from columns.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the moment of the decisions, for all rows in which the column
    /// `now` is null or missing.
    #[must_use]
    pub fn now(mut self, now: impl Into<Option<Timestamp>>) -> Self {
        self.now = now.into();
        self
    }

    /// Sets the channel, for all rows in which the column `channel` is null or
    /// missing.
    #[must_use]
    pub fn channel(mut self, channel: impl Into<Option<Channel>>) -> Self {
        self.channel = channel.into();
        self
    }

    /// Asks as this request does: its slots, quotas, kill switches and so on
    /// hold for every row, and it sets `now` and `channel`.
    #[must_use]
    pub fn request(mut self, request: Request) -> Self {
        self.now = Some(request.now);
        self.channel = Some(request.channel);
        self.request = Some(request);
        self
    }

    /// Asks for so many recommendations a customer at most.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Dates the parts that have columns, though none for their `as_of`: up to
    /// when nothing is missing from what the columns tell.
    #[must_use]
    pub fn as_of(mut self, time: Timestamp) -> Self {
        self.as_of = Some(time);
        self
    }

    /// Names columns that the result repeats, in this order: an id, say.
    ///
    /// A column that is no fact of the context may be carried.
    #[must_use]
    pub fn carry<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.carry = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Names columns that are not looked at.
    #[must_use]
    pub fn ignore<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.ignore = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Says which actions that are not recommended the result accounts for.
    #[must_use]
    pub fn accounts(mut self, accounts: Accounts) -> Self {
        self.accounts = accounts;
        self
    }

    /// Says what becomes of a batch in which a row cannot be read.
    #[must_use]
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// Returns which actions that are not recommended the result accounts for.
    #[must_use]
    pub fn get_accounts(&self) -> Accounts {
        self.accounts
    }

    /// Makes the request of all rows, whose `now` and `channel` each row sets.
    pub(crate) fn ask(&self) -> Request {
        let unset = || Request::new(Timestamp::EARLIEST, Channel::Other);
        let mut request = self.request.clone().unwrap_or_else(unset);
        request.limit = self.limit.or(request.limit);
        request.detail = match self.accounts {
            Accounts::Ranking | Accounts::None => Detail::RankedOnly,
            Accounts::Suppressed | Accounts::Withheld => Detail::Complete,
        };
        request
    }
}
