import { type ReactNode, useEffect, useRef, useState } from "react";
import { useApp, useLoad, useNow } from "../lib/app-context";
import type { Order } from "../lib/bridge";
import { dayOf, nightsBetween } from "../lib/calendar";
import { payOrder } from "../lib/pay";
import { codeText, countdown, dayText, instantText, money } from "../lib/show";
import { todayInChina } from "../lib/today";
import { Await, Empty, Picture, Sheet, Skeleton, TopBar } from "../parts/bits";
import { CommentSheet, type Ratings } from "../parts/comment-sheet";
import { Icon } from "../parts/icons";
import { LoginFirst } from "../parts/login-first";
import { Qr } from "../parts/qr";
import { stateKey } from "./orders";

/** While something is bound to happen (a hold runs out) the order is asked for again this often. */
const watchMs = 4_000;

/** WeChat takes no payment that has less than two minutes. */
const payableMs = 2 * 60_000;

function isPayableAt(order: Order, now: number): boolean {
  return order.expireTime * 1_000 - now >= payableMs;
}

export function OrderPage({ sn, query }: { sn: string; query: URLSearchParams }) {
  const app = useApp();
  const { bridge, t, isLoggedIn } = app;
  const loaded = useLoad(isLoggedIn ? `order ${sn}` : null, () => bridge.order(sn));
  if (!isLoggedIn) return <LoginFirst title={t("orders")} />;
  return (
    <main className="page with-bar">
      <TopBar title={loaded.data ? t(stateKey(loaded.data.tradeState)) : ""} />
      <Await loaded={loaded} skeleton={<Skeleton rows={3} />}>
        {(order) =>
          order ? (
            <OrderBody order={order} reload={loaded.reload} payNow={query.get("pay") === "now"} />
          ) : (
            <Empty text={t("notFound")} />
          )
        }
      </Await>
    </main>
  );
}

function OrderBody({
  order,
  reload,
  payNow,
}: {
  order: Order;
  reload: () => Promise<void>;
  payNow: boolean;
}) {
  const app = useApp();
  const { bridge, t, language, toast, explain, sheet, go } = app;
  const [step, setStep] = useState<"idle" | "paying" | "checking" | "paid">("idle");
  const now = useNow(order.tradeState === 0);
  const left = countdown(order.expireTime, now);
  const isPayable = isPayableAt(order, now);
  const [from, to] = [dayOf(order.liveStartDate), dayOf(order.liveEndDate)];
  const isWaiting = order.tradeState === 0;
  const isOver = order.tradeState === 2 && to <= todayInChina();

  useEffect(() => {
    // Somebody else will move it: the worker that closes it, or the desk that checks the guest in.
    const isWatched = (isWaiting && left.isOver) || order.tradeState === 1;
    if (!isWatched) return;
    const timer = setInterval(() => void reload(), watchMs);
    return () => clearInterval(timer);
  }, [isWaiting, left.isOver, order.tradeState, reload]);

  const pay = async () => {
    setStep("paying");
    const end = await payOrder(app, order.sn, () => setStep("checking"));
    await reload();
    setStep(end.state === "paid" ? "paid" : "idle");
    if (end.state === "cancelled") toast(t("payCancelled"));
    if (end.state === "unsure") toast(t("payUnsure"));
    if (end.state === "refused") toast(t("payRefused", { reason: end.reason }));
    if (end.state === "failed") toast(explain(end.error));
  };
  // Straight from the booking: the sheet opens by itself, once.
  const hasBegun = useRef(false);
  useEffect(() => {
    if (!payNow || hasBegun.current || order.tradeState !== 0) return;
    hasBegun.current = true;
    go(`/order/${order.sn}`, { replace: true });
    if (isPayable) void pay();
  });

  const cancel = async () => {
    const isSure = await sheet<boolean>(false, (settle) => (
      <Sheet title={t("cancelAsk")} onClose={() => settle(false)}>
        <div className="sheet-foot">
          <button type="button" className="button ghost" onClick={() => settle(true)}>
            {t("cancelYes")}
          </button>
          <button type="button" className="button" onClick={() => settle(false)}>
            {t("cancelNo")}
          </button>
        </div>
      </Sheet>
    ));
    if (!isSure) return;
    try {
      await bridge.cancelOrder(order.sn);
      toast(t("cancelled"));
    } catch (error) {
      toast(explain(error));
    }
    await reload();
  };
  const comment = async () => {
    const written = await sheet<(Ratings & { content: string }) | null>(null, (settle) => (
      <CommentSheet settle={settle} />
    ));
    if (!written) return;
    try {
      await bridge.comment({ orderSn: order.sn, ...written });
      toast(t("commentThanks"));
    } catch (error) {
      toast(explain(error));
    }
    await reload();
  };

  if (step === "checking" || step === "paid")
    return (
      <PayResult
        order={order}
        isDone={step === "paid"}
        onSee={() => {
          setStep("idle");
          void reload();
        }}
      />
    );
  const note = {
    0: left.isOver ? t("holdOver") : t("payWithin", { time: left.text }),
    1: t("state1Note", { date: dayText(from, language) }),
    2: t(isOver ? "state2Over" : "state2Note"),
    "-1": t("state-1Note"),
    3: t("state3Note"),
    4: t("state4Note"),
  }[order.tradeState];
  return (
    <>
      <section className={`status s${order.tradeState}`}>
        <h2>{t(stateKey(order.tradeState))}</h2>
        <p role={isWaiting ? "timer" : undefined}>{note}</p>
        {isWaiting && !left.isOver && !isPayable && <p id="too-late">{t("payWindowOver")}</p>}
      </section>
      {order.tradeState === 1 && order.tradeCode && <CodeCard order={order} />}
      <section className="panel">
        <a className="order-head" href={`#/listing/${order.homestayId}`}>
          <Picture address={order.cover} alt="" />
          <div>
            <h2>{order.title}</h2>
            <p className="muted clip2">{order.subTitle}</p>
          </div>
          <Icon name="next" />
        </a>
        <div className="days still">
          <span>
            <small>{t("checkIn")}</small>
            <b>{dayText(from, language)}</b>
          </span>
          <span className="nights">{t("nights", { n: nightsBetween(from, to) })}</span>
          <span className="right">
            <small>{t("checkOut")}</small>
            <b>{dayText(to, language)}</b>
          </span>
        </div>
        <p className="muted">
          {t("people", { n: order.livePeopleNum })} · {t(order.needFood ? "mealsYes" : "mealsNo")}
          {order.remark && (
            <>
              <br />
              {t("remark")}: {order.remark}
            </>
          )}
        </p>
      </section>
      <section className="panel">
        <dl className="lines">
          <Line label={t("roomPrice")}>{money(order.homestayTotalPrice)}</Line>
          {order.foodTotalPrice > 0 && <Line label={t("mealTotal")}>{money(order.foodTotalPrice)}</Line>}
          <div className="sum">
            <dt>{t("total")}</dt>
            <dd>{money(order.orderTotalPrice)}</dd>
          </div>
        </dl>
      </section>
      <section className="panel">
        <dl className="lines">
          <div>
            <dt>{t("orderNo")}</dt>
            <dd className="number">
              {order.sn}
              <button
                type="button"
                className="round small"
                aria-label={t("copy")}
                onClick={() =>
                  navigator.clipboard?.writeText(order.sn).then(
                    () => toast(t("copied")),
                    () => undefined,
                  )
                }
              >
                <Icon name="copy" />
              </button>
            </dd>
          </div>
          <Line label={t("bookedAt")}>{instantText(order.createTime, language)}</Line>
          {order.payTime > 0 && <Line label={t("paidAt")}>{instantText(order.payTime, language)}</Line>}
          {order.payTime > 0 && <Line label={t("payType")}>{t("wechatPay")}</Line>}
        </dl>
      </section>
      <div className="bottom-bar">
        {isWaiting && !left.isOver ? (
          <>
            <button type="button" className="button ghost" disabled={step !== "idle"} onClick={cancel}>
              {t("cancelOrder")}
            </button>
            <button
              type="button"
              className="button wechat grow"
              disabled={step !== "idle" || !isPayable}
              aria-describedby={isPayable ? undefined : "too-late"}
              onClick={pay}
            >
              {t("pay")} {money(order.orderTotalPrice)}
            </button>
          </>
        ) : (
          <>
            <a className="button ghost" href={`#/listing/${order.homestayId}`}>
              {t("bookAgain")}
            </a>
            {isOver && (
              <button type="button" className="button grow" disabled={order.hasComment} onClick={comment}>
                {t(order.hasComment ? "commented" : "writeComment")}
              </button>
            )}
          </>
        )}
      </div>
    </>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function CodeCard({ order }: { order: Order }) {
  const { t } = useApp();
  return (
    <section className="code-card" aria-labelledby="code">
      <h2 id="code">{t("yourCode")}</h2>
      <p className="code">{codeText(order.tradeCode)}</p>
      {order.tradeCodeQr && <Qr text={order.tradeCodeQr} label={t("yourCode")} />}
      <p>{t("showCode")}</p>
      <p className="muted">{t("onlyHouse")}</p>
    </section>
  );
}

function PayResult({ order, isDone, onSee }: { order: Order; isDone: boolean; onSee: () => void }) {
  const { t } = useApp();
  return (
    <section className="pay-result" aria-live="polite">
      <div className={isDone ? "tick done" : "tick"}>{isDone && <Icon name="check" />}</div>
      <h2>{t(isDone ? "payDone" : "payChecking")}</h2>
      <p className="pay-amount">{money(order.orderTotalPrice)}</p>
      <p className="muted">{order.title}</p>
      {isDone && (
        <>
          <button type="button" className="button wechat wide" onClick={onSee}>
            {t("seeOrder")}
          </button>
          <a className="button ghost wide" href="#/">
            {t("goHome")}
          </a>
        </>
      )}
    </section>
  );
}
