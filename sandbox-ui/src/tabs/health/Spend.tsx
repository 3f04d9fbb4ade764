import type { Limits, QuotaUse } from '../../api/quota.ts';
import { t } from '../../i18n/index.ts';
import { count, money } from '../../lib/format.ts';

/** What was spent, against the budget where there is one. */
export function Spend({ name, use, limits }: { name: string; use: QuotaUse; limits: Limits }) {
  return (
    <>
      <Part label={t('quota.today', { name })} spent={use.spent_today} budget={limits.budget_per_day} />
      <Part
        label={t('quota.thisMonth', { name })}
        spent={use.spent_this_month}
        budget={limits.budget_per_month}
      />
    </>
  );
}

function Part({ label, spent, budget }: { label: string; spent: number; budget: number | null }) {
  return (
    <td class="num">
      {money(spent)}
      {budget !== null && (
        <>
          <small class="dim"> / {money(budget)}</small>
          <meter
            class="spend"
            aria-label={label}
            min={0}
            max={Math.max(budget, Number.MIN_VALUE)}
            high={budget * 0.8}
            optimum={0}
            value={Math.min(spent, budget)}
          />
        </>
      )}
    </td>
  );
}

/** The limits of the minute, in short. */
export const limitWords = (limits: Limits): string =>
  [
    limits.requests_per_minute !== null && t('quota.rpm', { n: count(limits.requests_per_minute) }),
    limits.tokens_per_minute !== null && t('quota.tpm', { n: count(limits.tokens_per_minute) }),
    limits.max_concurrent !== null && t('quota.atOnce', { n: count(limits.max_concurrent) }),
  ]
    .filter(Boolean)
    .join(', ') || '–';
