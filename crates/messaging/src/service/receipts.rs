//! What a gateway says became of an SMS.

use super::Messaging;
use super::deliver::failed;
use crate::error::Error;
use crate::model::delivery::Channel;
use crate::store::deliveries;
use contracts::CallContext;
use contracts::messaging::{DeliveryStatus, SmsReceipt};

impl Messaging {
    /// Takes a receipt; one that says nothing new is taken as well.
    ///
    /// # Errors
    /// [`Error::ReceiptUnknown`], also for a caller that is not the gateway.
    pub async fn take_receipt(&self, call: CallContext, receipt: SmsReceipt) -> Result<(), Error> {
        let gateway = self.deps.sms.as_ref().map(|route| route.service.subsystem());
        if gateway.as_ref() != Some(&call.client) {
            return Err(Error::ReceiptUnknown);
        }
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let found = deliveries::find_delivery(tx, receipt.id).await?;
                let delivery = found
                    .filter(|delivery| delivery.channel == Channel::Sms)
                    .ok_or(Error::ReceiptUnknown)?;
                let before = delivery.status;
                let Some(after) = delivery.after_receipt(receipt.status) else { return Ok(()) };
                let noted = deliveries::set_progress(tx, before, &after).await?;
                if noted && after.status == DeliveryStatus::Failed {
                    tx.audit(failed(&after)).await?;
                }
                Ok(())
            })
        });
        write.await
    }
}
