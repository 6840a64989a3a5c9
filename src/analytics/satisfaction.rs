//! Scores of satisfaction over many answers: CSAT, NPS, CES, and solved at once.

use super::domain::DomainError;

/// Returns the customer satisfaction score: the share of 4 and 5, in percent.
///
/// Formula: 100 · (answers of 4 or 5) / answers, each answer from 1 to 5.
/// Without an answer there is no score; a question that was not answered is
/// not a low score, so leave it out.
///
/// # Errors
///
/// An answer outside of 1 to 5.
///
/// # Examples
///
/// ```
/// use tactful::analytics::csat;
///
/// assert_eq!(csat(&[3, 4, 4, 3, 4])?, Some(60.0));
/// assert_eq!(csat(&[])?, None);
/// assert_eq!(
///     csat(&[5, 9]).unwrap_err().to_string(),
///     "csat: 9 is not between 1 and 5: leave out questions that were not answered"
/// );
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
pub fn csat(answers: &[i64]) -> Result<Option<f64>, DomainError> {
    on_scale("csat", answers, 1, 5)?;
    Ok(percent(answers.iter().filter(|answer| **answer >= 4).count(), answers.len()))
}

/// Returns the share of "good" among answers of good or bad, in percent.
///
/// Formula: 100 · good / (good + bad), as Zendesk has it.
///
/// # Examples
///
/// ```
/// use tactful::analytics::csat_binary;
///
/// assert_eq!(csat_binary(&[false, false, false, true, true]), Some(40.0));
/// ```
#[must_use]
pub fn csat_binary(good: &[bool]) -> Option<f64> {
    percent(good.iter().filter(|good| **good).count(), good.len())
}

/// Returns the share of cases that were solved at the first contact, in percent.
///
/// Formula: 100 · yes / cases. A case counts as yes if it was not reopened and
/// the customer did not come back about it within some days (7 are common).
///
/// # Examples
///
/// ```
/// use tactful::analytics::first_contact_resolution;
///
/// assert_eq!(first_contact_resolution(&[true, true, true, false]), Some(75.0));
/// ```
#[must_use]
pub fn first_contact_resolution(solved: &[bool]) -> Option<f64> {
    csat_binary(solved)
}

/// Returns the net promoter score, from -100 to 100.
///
/// Formula: 100 · (promoters - detractors) / answers, each answer from 0 to 10;
/// see [`NpsClass`].
///
/// # Errors
///
/// An answer outside of 0 to 10.
///
/// # Examples
///
/// ```
/// use tactful::analytics::nps;
///
/// assert_eq!(nps(&[10, 9, 8, 0])?, Some(25.0));
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
pub fn nps(answers: &[i64]) -> Result<Option<f64>, DomainError> {
    let (mut promoters, mut detractors) = (0, 0);
    for answer in answers {
        match NpsClass::of(*answer)? {
            NpsClass::Promoter => promoters += 1,
            NpsClass::Passive => {}
            NpsClass::Detractor => detractors += 1,
        }
    }
    Ok(mean(promoters - detractors, answers.len()).map(|share| 100.0 * share))
}

/// What one answer to "would you recommend us?" makes of a customer.
///
/// One customer has a class and no net promoter score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NpsClass {
    /// An answer of 9 or 10.
    Promoter,
    /// An answer of 7 or 8.
    Passive,
    /// An answer of 0 to 6.
    Detractor,
}

impl NpsClass {
    /// Returns the class of an answer.
    ///
    /// # Errors
    ///
    /// An answer outside of 0 to 10.
    pub fn of(answer: i64) -> Result<Self, DomainError> {
        on_scale("nps", &[answer], 0, 10)?;
        Ok(match answer {
            9.. => Self::Promoter,
            7..=8 => Self::Passive,
            _ => Self::Detractor,
        })
    }
}

/// Returns the customer effort score: the mean answer, from 1 to 7.
///
/// This is CES 2.0, where 7 is easy.
///
/// # Errors
///
/// An answer outside of 1 to 7.
///
/// # Examples
///
/// ```
/// use tactful::analytics::ces;
///
/// assert_eq!(ces(&[7, 6, 2])?, Some(5.0));
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
pub fn ces(answers: &[i64]) -> Result<Option<f64>, DomainError> {
    on_scale("ces", answers, 1, 7)?;
    Ok(mean(answers.iter().sum(), answers.len()))
}

fn on_scale(
    metric: &'static str,
    answers: &[i64],
    least: i64,
    most: i64,
) -> Result<(), DomainError> {
    match answers.iter().find(|answer| !(least..=most).contains(answer)) {
        None => Ok(()),
        Some(answer) => {
            let is = format!("is not between {least} and {most}");
            let help = "leave out questions that were not answered";
            Err(DomainError::new(metric, answer, &is, help))
        }
    }
}

fn percent(yes: usize, answers: usize) -> Option<f64> {
    mean(i64::try_from(yes).unwrap_or(i64::MAX), answers).map(|share| 100.0 * share)
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 answers")]
fn mean(sum: i64, count: usize) -> Option<f64> {
    (count > 0).then(|| sum as f64 / count as f64)
}
