import { useEffect } from "react";
import { useApp, useLoad } from "../lib/app-context";
import { instantText } from "../lib/show";
import { type Message, wechat } from "../lib/wechat";
import { Await, Empty, Skeleton } from "../parts/bits";
import { LoginFirst } from "../parts/login-first";

const lookMs = 3_000;

/** What the fields of our two templates are called in WeChat; they are Chinese there whoever reads. */
const fieldNames: Record<string, string> = {
  character_string6: "订单编号",
  amount2: "支付金额",
  time4: "入住时间",
  time5: "离店时间",
  date2: "入住日期",
  date3: "离店日期",
  character_string4: "入住码",
};

function fieldName(field: string, message: Message): string {
  if (field === "thing1") return "character_string4" in message.data ? "温馨提示" : "房间";
  return fieldNames[field] ?? field;
}

export function MessagesPage() {
  const { t, person, isLoggedIn, language } = useApp();
  const openid = isLoggedIn && person ? person.openid : null;
  const loaded = useLoad(openid ? `messages ${openid}` : null, async () =>
    (await wechat.messages(openid ?? "")).toReversed(),
  );
  const { reload } = loaded;
  useEffect(() => {
    if (!openid) return;
    const timer = setInterval(() => void reload(), lookMs);
    return () => clearInterval(timer);
  }, [openid, reload]);
  if (!openid) return <LoginFirst title={t("messages")} />;
  return (
    <main className="page">
      <header className="topbar plain">
        <h1>{t("serviceNote")}</h1>
      </header>
      <Await loaded={loaded} skeleton={<Skeleton rows={2} />}>
        {(messages) =>
          messages.length === 0 ? (
            <Empty text={t("noMessages")} />
          ) : (
            <ol className="messages" aria-live="polite">
              {messages.map((message) => (
                <li key={message.msgid}>
                  <time dateTime={message.receivedAt}>
                    {instantText(Date.parse(message.receivedAt) / 1_000, language)}
                  </time>
                  <article className="message" lang="zh">
                    <h2>{message.title}</h2>
                    <dl>
                      {Object.entries(message.data).map(([field, value]) => (
                        <div key={field} className={field === "character_string4" ? "strong" : ""}>
                          <dt>{fieldName(field, message)}</dt>
                          <dd>{value}</dd>
                        </div>
                      ))}
                    </dl>
                  </article>
                </li>
              ))}
            </ol>
          )
        }
      </Await>
    </main>
  );
}
