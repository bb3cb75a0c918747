//! A producer of the in-memory broker.

use std::time::Duration;

use super::consumer::LocalGroup;
use super::{Broker, Call, Fault};
use crate::pipeline::ports::{Answer, Enqueued, Failure, Position, Producer};
use crate::record::OutgoingRecord;

/// Keeps the records of its transaction to itself until the commit.
#[derive(Debug)]
pub struct LocalProducer {
    broker: Broker,
    transactional: bool,
    in_transaction: bool,
    records: Vec<OutgoingRecord>,
    /// How many of the records are acknowledged; the first ones are.
    n_delivered: usize,
}

impl LocalProducer {
    pub(super) fn new(broker: Broker, transactional: bool) -> Self {
        Self { broker, transactional, in_transaction: false, records: Vec::new(), n_delivered: 0 }
    }
}

impl Producer for LocalProducer {
    type Group = LocalGroup;

    fn ask(&mut self) -> Answer {
        self.broker.state().asked(|state| &state.outputs)
    }

    fn begin(&mut self) -> Result<(), Failure> {
        assert!(!self.in_transaction, "a transaction was begun within another");
        self.broker.state().enter(Call::Begin)?;
        self.in_transaction = self.transactional;
        Ok(())
    }

    fn enqueue(&mut self, record: &OutgoingRecord) -> Result<Enqueued, Failure> {
        assert!(self.in_transaction || !self.transactional, "a record was enqueued outside of a transaction");
        if self.broker.state().enter(Call::Enqueue)? == Some(Fault::Full) {
            return Ok(Enqueued::Full);
        }
        self.records.push(record.clone());
        Ok(Enqueued::Taken)
    }

    fn poll(&mut self, wait: Duration) -> Result<usize, Failure> {
        let n_in_flight = self.records.len() - self.n_delivered;
        if n_in_flight == 0 {
            return Ok(0);
        }
        let mut state = self.broker.state();
        state.enter(Call::Deliver)?;
        let n_acknowledged = state.deliveries_per_poll.map_or(n_in_flight, |limit| limit.min(n_in_flight));
        if n_acknowledged == 0 && !wait.is_zero() {
            drop(self.broker.wait(state, wait));
            return Ok(n_in_flight);
        }
        self.n_delivered += n_acknowledged;
        if !self.transactional {
            state.visible.extend(self.records.drain(..self.n_delivered));
            self.n_delivered = 0;
        }
        drop(state);
        self.broker.shared.changed.notify_all();
        Ok(n_in_flight - n_acknowledged)
    }

    fn commit(&mut self, positions: &[Position], group: &LocalGroup) -> Result<(), Failure> {
        assert!(self.in_transaction, "a commit without a transaction");
        assert_eq!(self.n_delivered, self.records.len(), "a commit while records are in flight");
        let mut state = self.broker.state();
        let fault = state.enter(Call::Commit)?;
        if state.members[group.member].generation != group.generation || state.members[group.member].lost {
            return Err(Failure::Abortable("illegal generation".to_owned()));
        }
        for position in positions {
            let before = state.committed.insert(position.partition.clone(), position.next);
            assert!(before.is_none_or(|before| before < position.next), "{} went back", position.partition);
        }
        state.visible.append(&mut self.records);
        self.n_delivered = 0;
        self.in_transaction = false;
        drop(state);
        self.broker.answer(fault)
    }

    fn is_replaced(&self) -> bool {
        false
    }

    fn abort(&mut self) -> Result<(), Failure> {
        self.broker.state().enter(Call::Abort)?;
        self.records.clear();
        self.n_delivered = 0;
        self.in_transaction = false;
        Ok(())
    }
}
