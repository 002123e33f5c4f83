//! Payee tokens: drawn at random, one for each award, and told to the payments block once.

use super::{Loaded, Registration};
use crate::error::Error;
use crate::model::award::{Award, PAYMENTS_KEY};
use crate::store;
use basis::Id;
use contracts::batches::{BENEFICIARIES, BeneficiaryIn};
use contracts::{CallContext, CallError, MemberId, Pseudonym};
use kernel::db::Tx;
use kernel::fields::SubjectKey;

/// What the payments block is to be told.
#[derive(Clone)]
pub(super) struct Payee {
    /// Whom it is about.
    pub subject: Pseudonym,
    /// The token.
    pub token: Id,
    /// The provider.
    pub provider: MemberId,
    /// The account there.
    pub account: String,
}

impl Registration {
    /// Writes the award of an application, and puts its payee on the list of what is to be told.
    pub(super) async fn award(
        &self,
        tx: &mut Tx,
        loaded: &Loaded,
        minor: i64,
    ) -> Result<(), Error> {
        let one = &loaded.application;
        let award = self.draw_award(tx, &one.service, one.subject, one.id, minor).await?;
        store::awards::append(tx, &[award]).await?;
        let step = tx.mint();
        store::steps::insert(tx, step, one.id, None).await?;
        Ok(())
    }

    /// A new award with a token of its own. It is paid once the payments block knows the payee.
    pub(super) async fn draw_award(
        &self,
        tx: &mut Tx,
        service: &str,
        subject: Pseudonym,
        origin: Id,
        minor: i64,
    ) -> Result<Award, Error> {
        let key = self.ctx.fields.subject_or_new(tx, PAYMENTS_KEY).await?;
        Ok(self.new_award(tx, &key, service, subject, origin, minor))
    }

    /// As [`Registration::draw_award`], with the key at hand.
    pub(super) fn new_award(
        &self,
        tx: &Tx,
        key: &SubjectKey,
        service: &str,
        subject: Pseudonym,
        origin: Id,
        minor: i64,
    ) -> Award {
        let id = tx.mint();
        let token = Id::random(&self.ctx.rng);
        Award {
            id,
            service: service.to_owned(),
            subject,
            origin,
            minor,
            payee: key.seal(&Award::label(id), token.as_bytes()),
            active: false,
            awarded: tx.now(),
        }
    }

    /// Tells the payments block where a payee is paid. Said again, it changes nothing.
    pub(super) async fn register_payee(
        &self,
        ctx: CallContext,
        payee: Payee,
    ) -> Result<(), CallError> {
        let ask =
            BeneficiaryIn { token: payee.token, provider: payee.provider, account: payee.account };
        self.batches.register(ctx.about(payee.subject), &ask).await
    }

    /// The context of a call to the beneficiary mapper under a package.
    pub(super) fn payee_context(&self, purpose: &str, law: &str) -> CallContext {
        self.call(self.service_of(&self.deps.payments, BENEFICIARIES), purpose, law)
    }
}

/// An id that was sealed.
pub(super) fn open_id(key: &SubjectKey, label: &str, sealed: &[u8]) -> Result<Id, Error> {
    let plain = key.open(label, sealed)?;
    let bytes = <[u8; 16]>::try_from(plain.as_slice());
    Ok(Id::from_bytes(bytes.map_err(|_| Error::Stored("a sealed id"))?))
}
