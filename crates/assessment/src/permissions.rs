//! What officers may do, and which roles may do it.

use kernel::auth::{Permission, PermissionRow};

/// Role of whoever leads a country's assessment: opens rounds, assigns, moves them on.
pub const LEAD: &str = "assessment-lead";
/// Role of an officer who answers and collects evidence.
pub const OFFICER: &str = "assessment-officer";
/// Role of a reviewer, who looks at what others answered.
pub const REVIEWER: &str = "assessment-reviewer";
/// Role of whoever signs for the institution.
pub const SIGNATORY: &str = "assessment-signatory";

/// May open rounds, assign indicators, keep catalogues, move rounds on.
#[derive(Clone, Debug)]
pub enum ManageRounds {}

impl Permission for ManageRounds {
    const NAME: &'static str = "assessment.round.manage";
}

/// May see rounds with answers, evidence lists and findings.
#[derive(Clone, Debug)]
pub enum ReadRounds {}

impl Permission for ReadRounds {
    const NAME: &'static str = "assessment.round.read";
}

/// May answer and attach evidence.
#[derive(Clone, Debug)]
pub enum WriteAnswers {}

impl Permission for WriteAnswers {
    const NAME: &'static str = "assessment.answer.write";
}

/// May read the content of evidence files.
#[derive(Clone, Debug)]
pub enum ReadFiles {}

impl Permission for ReadFiles {
    const NAME: &'static str = "assessment.file.read";
}

/// May accept answers or set a level beside them.
#[derive(Clone, Debug)]
pub enum ReviewAnswers {}

impl Permission for ReviewAnswers {
    const NAME: &'static str = "assessment.answer.review";
}

/// May hand in what probes found.
#[derive(Clone, Debug)]
pub enum AddMeasurements {}

impl Permission for AddMeasurements {
    const NAME: &'static str = "assessment.measurement.add";
}

/// May sign a round.
#[derive(Clone, Debug)]
pub enum SignRounds {}

impl Permission for SignRounds {
    const NAME: &'static str = "assessment.round.sign";
}

/// The roles that carry each permission.
pub const PERMISSIONS: &[PermissionRow] = &[
    PermissionRow { name: ManageRounds::NAME, roles: &[LEAD] },
    PermissionRow { name: ReadRounds::NAME, roles: &[LEAD, OFFICER, REVIEWER, SIGNATORY] },
    PermissionRow { name: WriteAnswers::NAME, roles: &[LEAD, OFFICER] },
    PermissionRow { name: ReadFiles::NAME, roles: &[LEAD, OFFICER, REVIEWER, SIGNATORY] },
    PermissionRow { name: ReviewAnswers::NAME, roles: &[REVIEWER] },
    PermissionRow { name: AddMeasurements::NAME, roles: &[LEAD] },
    PermissionRow { name: SignRounds::NAME, roles: &[SIGNATORY] },
];

/// Whether one of these roles carries `P`: for what pages show. What may be done is decided by the
/// permission of each form's handler.
#[must_use]
pub fn carry<P: Permission>(roles: &[String]) -> bool {
    let row = PERMISSIONS.iter().find(|row| row.name == P::NAME);
    row.is_some_and(|row| roles.iter().any(|role| row.roles.contains(&role.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leads_does_not_review_or_sign() {
        let lead = [LEAD.to_owned()];
        assert!(carry::<ManageRounds>(&lead) && carry::<WriteAnswers>(&lead));
        assert!(!carry::<ReviewAnswers>(&lead) && !carry::<SignRounds>(&lead));
        assert!(!carry::<ReadRounds>(&["visitor".to_owned()]));
    }
}
