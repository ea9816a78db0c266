"""The addresses at which a mail comes back to us: a reply names its reminder, a bounce its delivery."""

from dataclasses import dataclass
from uuid import UUID

from kulant_chassis.tokens import sign, verify

REPLY, BOUNCE = "reply", "bounce"


@dataclass(frozen=True, slots=True)
class Returns:
    """Signed addresses of the inbound domain; whoever did not get the mail cannot make one up."""

    domain: str
    secret: bytes

    def reply_to(self, reminder_id: UUID) -> str:
        """Where an answer to this reminder goes: feedback-service reads it."""
        return f"{REPLY}+{sign(self.secret, REPLY, reminder_id)}@{self.domain}"

    def envelope_sender(self, delivery_id: UUID) -> str:
        """Where mail servers send it back to if they cannot deliver it."""
        return f"{BOUNCE}+{sign(self.secret, BOUNCE, delivery_id)}@{self.domain}"

    def delivery_of(self, recipient: str) -> UUID | None:
        """The delivery whose mail came back to this address; None where the address is not one of ours."""
        local, _, domain = recipient.rpartition("@")
        word, _, token = local.partition("+")
        if domain.lower() != self.domain.lower() or word.lower() != BOUNCE:
            return None
        return verify(self.secret, BOUNCE, token)
