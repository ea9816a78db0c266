"""Facts came in: take them over, then look at every customer that they are about."""

from collections.abc import Sequence

from dunning_engine.domain.learned import CreditorLearned, Learned, PaymentsCheckedLearned, TenantLearned
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Occasion, Work

TENANT_WIDE = TenantLearned | CreditorLearned | PaymentsCheckedLearned


async def record_facts(work: Work, engine: Engine, learned: Sequence[Learned], occasions: Sequence[Occasion]) -> None:
    """Take facts in and decide about the customers that they concern, whose rows are locked.

    A tenant-wide fact that is news, or the last one that was missing, leaves all customers of the tenant behind;
    timers look at them in chunks. Where payments are known up to, only those who wait for it are looked at again.
    """
    news = await work.take(learned)
    for one in learned:
        if isinstance(one, TenantLearned):
            await work.follow(one, settings_changed=one.slug in news.tenants)
    slugs = {one.slug for one in learned if isinstance(one, TENANT_WIDE)}
    completed = await work.completed(sorted(slugs)) if slugs else frozenset()
    for tenant in sorted(news.creditors_of | completed):
        await work.leave_behind(tenant)
    await evaluate_customers(work, engine, occasions, news)
