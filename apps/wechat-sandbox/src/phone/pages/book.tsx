import { useEffect, useMemo, useRef, useState } from "react";
import { useApp, useLoad } from "../lib/app-context";
import { BridgeError, type Homestay, type Quote } from "../lib/bridge";
import {
  addDays,
  areFree,
  type Chosen,
  dayOf,
  type Nights,
  nightsBetween,
  nothingChosen,
  secondsOf,
} from "../lib/calendar";
import { dayText, money } from "../lib/show";
import { todayInChina } from "../lib/today";
import { Await, Empty, Picture, Sheet, Skeleton, Stepper, TopBar } from "../parts/bits";
import { Icon } from "../parts/icons";
import { coverOf } from "../parts/listing-card";
import { StayCalendar } from "../parts/stay-calendar";

/** A stay ends at most 330 days ahead; the bridge answers at most 92 nights at once. */
const calendarDays = 330;
const nightsAtOnce = 90;
const remarkMost = 64;
/** WeChat wants two minutes to take a payment. */
const payableMinutes = 2;
const nightsTaken = 101310;

export function BookPage({ id, query }: { id: number; query: URLSearchParams }) {
  const { bridge, t, language } = useApp();
  const today = todayInChina();
  const loaded = useLoad(`book ${id} ${today} ${language}`, async () => {
    const begins = Array.from({ length: Math.ceil(calendarDays / nightsAtOnce) }, (_, n) => n * nightsAtOnce);
    const [homestay, ...parts] = await Promise.all([
      bridge.homestay(id),
      ...begins.map((begin) => {
        const end = Math.min(calendarDays, begin + nightsAtOnce);
        return bridge.nights(id, secondsOf(addDays(today, begin)), secondsOf(addDays(today, end)));
      }),
    ]);
    const nights: Nights = new Map(
      parts.flat().map(({ date, homestayPrice, free, closed }) => {
        const day = dayOf(date);
        return [day, { day, price: homestayPrice, free, isClosed: closed }];
      }),
    );
    return { homestay, nights };
  });
  return (
    <main className="page with-bar">
      <TopBar title={t("book")} />
      <Await loaded={loaded} skeleton={<Skeleton rows={3} />}>
        {({ homestay, nights }) =>
          homestay.id === 0 ? (
            <Empty text={t("notFoundListing")} />
          ) : (
            <BookForm
              homestay={homestay}
              nights={nights}
              first={wishOf(query, nights, homestay)}
              reload={loaded.reload}
            />
          )
        }
      </Await>
    </main>
  );
}

/** The stay that the address asks for, as far as it can be had. */
function wishOf(query: URLSearchParams, nights: Nights, homestay: Homestay) {
  const [checkIn, checkOut] = [query.get("in"), query.get("out")];
  const isFree =
    checkIn !== null && checkOut !== null && checkIn < checkOut && areFree(nights, checkIn, checkOut);
  return {
    chosen: isFree ? { checkIn, checkOut } : nothingChosen,
    guests: Math.min(homestay.peopleNum, Math.max(1, Number(query.get("guests")) || 2)),
  };
}

function BookForm({
  homestay,
  nights,
  first,
  reload,
}: {
  homestay: Homestay;
  nights: Nights;
  first: { chosen: Chosen; guests: number };
  reload: () => Promise<void>;
}) {
  const { bridge, t, language, sheet, logIn, toast, explain, go } = useApp();
  const [chosen, setChosen] = useState(first.chosen);
  const [guests, setGuests] = useState(first.guests);
  const [withMeals, setWithMeals] = useState(false);
  const [remark, setRemark] = useState("");
  const [isSubmitting, setSubmitting] = useState(false);
  /** One for each stay that is asked for: a second tap on the button is the same booking. */
  const intent = useRef({ of: "", key: "" });

  const stay = useMemo(() => {
    if (!chosen.checkIn || !chosen.checkOut) return null;
    return {
      homestayId: homestay.id,
      isFood: withMeals,
      liveStartTime: secondsOf(chosen.checkIn),
      liveEndTime: secondsOf(chosen.checkOut),
      livePeopleNum: guests,
    };
  }, [chosen, guests, withMeals, homestay.id]);
  const quote = useLoad(stay ? `quote ${JSON.stringify(stay)}` : null, async () => {
    if (!stay) throw new Error("no stay, no quote");
    return bridge.quote(stay);
  });

  const pickDays = async () => {
    const picked = await sheet<Chosen | null>(null, (settle) => (
      <DaysSheet nights={nights} first={chosen} settle={settle} />
    ));
    if (picked) setChosen(picked);
  };
  // Without days there is nothing else to do here.
  const hasAsked = useRef(false);
  useEffect(() => {
    if (hasAsked.current || first.chosen.checkIn) return;
    hasAsked.current = true;
    void pickDays();
  });

  const submit = async () => {
    if (!stay) return pickDays();
    if (!(await logIn())) return;
    const content = JSON.stringify({ ...stay, remark });
    if (intent.current.of !== content) intent.current = { of: content, key: crypto.randomUUID() };
    setSubmitting(true);
    try {
      const sn = await bridge.createOrder({ ...stay, remark }, intent.current.key);
      go(`/order/${sn}?pay=now`, { replace: true });
    } catch (error) {
      const isTaken = error instanceof BridgeError && error.code === nightsTaken;
      toast(isTaken ? t("taken") : explain(error));
      intent.current = { of: "", key: "" };
      if (isTaken) {
        setChosen(nothingChosen);
        await reload();
      }
    } finally {
      setSubmitting(false);
    }
  };

  return (
    <>
      <section className="panel order-head">
        <Picture address={coverOf(homestay)} alt="" />
        <div>
          <h2>{homestay.title}</h2>
          <p className="muted clip2">{homestay.subTitle}</p>
        </div>
      </section>
      <section className="panel rows">
        <button type="button" className="days" onClick={pickDays}>
          {chosen.checkIn && chosen.checkOut ? (
            <>
              <span>
                <small>{t("checkIn")}</small>
                <b>{dayText(chosen.checkIn, language)}</b>
              </span>
              <span className="nights">
                {t("nights", { n: nightsBetween(chosen.checkIn, chosen.checkOut) })}
              </span>
              <span className="right">
                <small>{t("checkOut")}</small>
                <b>{dayText(chosen.checkOut, language)}</b>
              </span>
            </>
          ) : (
            <b className="accent">{t("chooseDates")}</b>
          )}
          <Icon name="next" />
        </button>
        <div className="row">
          <span>
            {t("guests")} <small className="muted">{t("guestsMost", { n: homestay.peopleNum })}</small>
          </span>
          <Stepper
            label={t("guests")}
            value={guests}
            least={1}
            most={homestay.peopleNum}
            onChange={setGuests}
          />
        </div>
        {homestay.foodPrice > 0 && (
          <label className="row">
            <span>
              {t("addMeals")}
              <small className="muted block">{t("mealPrice", { price: money(homestay.foodPrice) })}</small>
            </span>
            <input
              type="checkbox"
              className="switch"
              checked={withMeals}
              onChange={(event) => setWithMeals(event.target.checked)}
            />
          </label>
        )}
        <label className="row column">
          <span>{t("remark")}</span>
          <textarea
            rows={2}
            maxLength={remarkMost}
            placeholder={t("remarkHint")}
            value={remark}
            onChange={(event) => setRemark(event.target.value)}
          />
          <small className="muted right">
            {[...remark].length}/{remarkMost}
          </small>
        </label>
      </section>
      {stay && (
        <PriceLines quote={quote.data} error={quote.error} guests={guests} rowType={homestay.rowType} />
      )}
      <div className="bottom-bar">
        <span className="price-tag">
          {quote.data && stay ? <b>{money(quote.data.orderTotalPrice)}</b> : null}
        </span>
        <button
          type="button"
          className="button"
          disabled={isSubmitting || (stay !== null && Boolean(quote.error))}
          onClick={submit}
        >
          {isSubmitting ? t("submitting") : t(stay ? "submit" : "chooseDates")}
        </button>
      </div>
    </>
  );
}

function PriceLines({
  quote,
  error,
  guests,
  rowType,
}: {
  quote: Quote | undefined;
  error: unknown;
  guests: number;
  rowType: number;
}) {
  const { t, language, explain } = useApp();
  if (error)
    return (
      <section className="panel">
        <p className="warning" role="alert">
          {explain(error)}
        </p>
      </section>
    );
  if (!quote) return <Skeleton rows={1} kind="line" />;
  return (
    <section className="panel" aria-live="polite">
      <h2>{t("price")}</h2>
      <dl className="lines">
        {(quote.list ?? []).map(({ date, homestayPrice }) => (
          <div key={date}>
            <dt>{dayText(dayOf(date), language)}</dt>
            <dd>
              {money(homestayPrice)}
              {rowType === 1 && ` × ${guests}`}
            </dd>
          </div>
        ))}
        {quote.foodTotalPrice > 0 && (
          <div>
            <dt>{t("mealTotal")}</dt>
            <dd>{money(quote.foodTotalPrice)}</dd>
          </div>
        )}
        <div className="sum">
          <dt>{t("total")}</dt>
          <dd>{money(quote.orderTotalPrice)}</dd>
        </div>
      </dl>
      <p className={quote.holdMinutes < payableMinutes ? "warning" : "muted"}>
        {t(quote.holdMinutes < payableMinutes ? "holdShort" : "holdNote", { n: quote.holdMinutes })}
      </p>
    </section>
  );
}

function DaysSheet({
  nights,
  first,
  settle,
}: {
  nights: Nights;
  first: Chosen;
  settle: (chosen: Chosen | null) => void;
}) {
  const { t, language } = useApp();
  const [chosen, setChosen] = useState(first);
  const { checkIn, checkOut } = chosen;
  return (
    <Sheet title={t("chooseDates")} onClose={() => settle(null)} className="tall">
      <p className="summary" aria-live="polite">
        {checkIn && checkOut
          ? `${dayText(checkIn, language)} – ${dayText(checkOut, language)} · ${t("nights", { n: nightsBetween(checkIn, checkOut) })}`
          : t(checkIn ? "chooseOut" : "chooseIn")}
      </p>
      <StayCalendar today={todayInChina()} months={12} nights={nights} chosen={chosen} onChange={setChosen} />
      <div className="sheet-foot">
        <button type="button" className="button ghost" onClick={() => setChosen(nothingChosen)}>
          {t("clear")}
        </button>
        <button type="button" className="button" disabled={!checkOut} onClick={() => settle(chosen)}>
          {t("confirmDates")}
        </button>
      </div>
    </Sheet>
  );
}
