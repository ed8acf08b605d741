import { useState } from "react";
import { useApp, useLoad } from "../lib/app-context";
import type { OrderRow, TradeState } from "../lib/bridge";
import { dayOf, nightsBetween } from "../lib/calendar";
import { dayText, money } from "../lib/show";
import type { TextKey } from "../lib/texts";
import { Await, Empty, Picture, Skeleton } from "../parts/bits";
import { LoginFirst } from "../parts/login-first";

/** The bridge's filter: a state that is none means all. */
const allStates = -99;
const filters: readonly (TradeState | typeof allStates)[] = [allStates, 0, 1, 2, -1, 3, 4];

/** The word for a legacy state. */
export function stateKey(state: TradeState): TextKey {
  return `state${state}` as TextKey;
}

export function OrdersPage({ query }: { query: URLSearchParams }) {
  const { bridge, t, isLoggedIn } = useApp();
  const [filter, setFilter] = useState<number>(Number(query.get("state") ?? allStates));
  const loaded = useLoad(isLoggedIn ? `orders ${filter}` : null, () => bridge.orders(filter));
  const [more, setMore] = useState<{ of: number; rows: OrderRow[]; isEnd: boolean }>({
    of: filter,
    rows: [],
    isEnd: false,
  });
  if (!isLoggedIn) return <LoginFirst title={t("orders")} />;
  const later = more.of === filter ? more.rows : [];
  const rows = [...(loaded.data ?? []), ...later];
  const mayHaveMore = rows.length > 0 && rows.length % 20 === 0 && !(more.of === filter && more.isEnd);
  const loadMore = async () => {
    const next = await bridge.orders(filter, rows.at(-1)?.id ?? 0).catch(() => []);
    setMore({ of: filter, rows: [...later, ...next], isEnd: next.length < 20 });
  };
  return (
    <main className="page">
      <header className="topbar plain">
        <h1>{t("orders")}</h1>
      </header>
      <div className="tabs" role="tablist" aria-label={t("orders")}>
        {filters.map((state) => (
          <button
            type="button"
            role="tab"
            key={state}
            aria-selected={state === filter}
            onClick={() => setFilter(state)}
          >
            {state === allStates ? t("all") : t(stateKey(state as TradeState))}
          </button>
        ))}
      </div>
      <Await loaded={loaded} skeleton={<Skeleton rows={3} />}>
        {() =>
          rows.length === 0 ? (
            <Empty
              text={t("noOrders")}
              action={
                <a className="button" href="#/">
                  {t("goBrowse")}
                </a>
              }
            />
          ) : (
            <>
              {rows.map((order) => (
                <OrderCard key={order.sn} order={order} />
              ))}
              {mayHaveMore && (
                <button type="button" className="button ghost wide" onClick={loadMore}>
                  …
                </button>
              )}
            </>
          )
        }
      </Await>
    </main>
  );
}

function OrderCard({ order }: { order: OrderRow }) {
  const { t, language } = useApp();
  const [from, to] = [dayOf(order.liveStartDate), dayOf(order.liveEndDate)];
  return (
    <article className="card wide">
      <a className="card-link" href={`#/order/${order.sn}`}>
        <Picture address={order.cover} alt="" />
        <div className="card-body">
          <p className={`state s${order.tradeState}`}>{t(stateKey(order.tradeState))}</p>
          <h2>{order.title}</h2>
          <p className="muted">
            {dayText(from, language, false)} – {dayText(to, language, false)} ·{" "}
            {t("nights", { n: nightsBetween(from, to) })}
          </p>
          <span className="price-tag">
            <b>{money(order.orderTotalPrice)}</b>
          </span>
        </div>
      </a>
    </article>
  );
}
