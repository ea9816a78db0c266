"""Facts came in: take them over, then look at every customer that they are about."""

from collections.abc import Sequence

from dunning_engine.domain.learned import CreditorLearned, Learned, TenantLearned
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Occasion
from kulant_chassis.transaction import Transaction


async def record_facts(
    transaction: Transaction, engine: Engine, learned: Sequence[Learned], occasions: Sequence[Occasion]
) -> None:
    """Take facts in and decide about the customers that they concern, whose rows are locked.

    A tenant-wide fact that is news, or the last one that was missing, leaves all customers of the tenant behind;
    timers look at them in chunks.
    """
    news = await engine.store.take(transaction, learned)
    for one in learned:
        if isinstance(one, TenantLearned):
            await transaction.follow_tenant(
                one.slug,
                mode=one.mode,
                test_now_at=one.test_now_at,
                version=one.version,
                settings_changed=one.slug in news.tenants,
            )
    for tenant in sorted(news.creditors_of | await _completed(transaction, engine, learned)):
        await transaction.settings_changed(tenant)
    await evaluate_customers(transaction, engine, occasions, news)


async def _completed(transaction: Transaction, engine: Engine, learned: Sequence[Learned]) -> frozenset[str]:
    """Tenants of which a tenant-wide fact was missing until now: their customers were held because of it."""
    whole = {
        one.slug
        for one in learned
        if isinstance(one, TenantLearned | CreditorLearned) and transaction.key(one.slug).is_complete
    }
    return await engine.store.incomplete(transaction, whole) if whole else frozenset()
