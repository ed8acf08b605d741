import { useState } from "react";
import { useApp } from "../lib/app-context";
import type { User } from "../lib/bridge";
import { mobileText } from "../lib/show";
import { Avatar, Sheet } from "../parts/bits";
import { Icon } from "../parts/icons";
import { stateKey } from "./orders";

export function MePage() {
  const { t, me, setMe, bridge, isLoggedIn, logIn, logOut, language, setLanguage, sheet, toast, explain } =
    useApp();
  const edit = async () => {
    if (!me) return;
    const changes = await sheet<Pick<User, "nickname" | "info"> | null>(null, (settle) => (
      <ProfileSheet user={me} settle={settle} />
    ));
    if (!changes) return;
    try {
      setMe(await bridge.updateProfile(changes));
      toast(t("saved"));
    } catch (error) {
      toast(explain(error));
    }
  };
  return (
    <main className="page">
      <h1 className="unseen">{t("me")}</h1>
      <section className="me-head">
        {me ? (
          <button type="button" className="me-card" onClick={edit}>
            <Avatar address={me.avatar} name={me.nickname} />
            <span>
              <b>{me.nickname}</b>
              <small>{mobileText(me.mobile)}</small>
              {me.info && <small className="clip">{me.info}</small>}
            </span>
            <Icon name="next" />
          </button>
        ) : (
          <button type="button" className="me-card" onClick={logIn}>
            <span className="avatar letter">
              <Icon name="person" />
            </span>
            <b>{t("login")}</b>
            <Icon name="next" />
          </button>
        )}
      </section>
      <nav className="panel quick" aria-label={t("orders")}>
        {([0, 1, 2, 3] as const).map((state) => (
          <a key={state} href={`#/orders?state=${state}`}>
            <span className={`dot s${state}`} />
            {t(stateKey(state))}
          </a>
        ))}
      </nav>
      <section className="panel rows">
        <div className="row">
          <span className="with-icon">
            <Icon name="globe" /> {t("language")}
          </span>
          {/* biome-ignore lint/a11y/useSemanticElements: two buttons that exclude each other, no form */}
          <div className="segments" role="group" aria-label={t("language")}>
            {(["zh", "en"] as const).map((code) => (
              <button
                type="button"
                key={code}
                lang={code}
                aria-pressed={language === code}
                onClick={() => setLanguage(code)}
              >
                {code === "zh" ? "中文" : "English"}
              </button>
            ))}
          </div>
        </div>
        {me && (
          <button type="button" className="row" onClick={edit}>
            <span className="with-icon">
              <Icon name="person" /> {t("profile")}
            </span>
            <Icon name="next" />
          </button>
        )}
        {isLoggedIn && (
          <button type="button" className="row danger" onClick={logOut}>
            {t("logout")}
          </button>
        )}
      </section>
    </main>
  );
}

function ProfileSheet({
  user,
  settle,
}: {
  user: User;
  settle: (changes: Pick<User, "nickname" | "info"> | null) => void;
}) {
  const { t } = useApp();
  const [nickname, setNickname] = useState(user.nickname);
  const [info, setInfo] = useState(user.info);
  return (
    <Sheet title={t("profile")} onClose={() => settle(null)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          settle({ nickname: nickname.trim(), info: info.trim() });
        }}
      >
        <label className="field">
          <span>{t("nickname")}</span>
          <input
            value={nickname}
            maxLength={32}
            required
            onChange={(event) => setNickname(event.target.value)}
          />
        </label>
        <label className="field">
          <span>{t("intro")}</span>
          <textarea rows={3} maxLength={120} value={info} onChange={(event) => setInfo(event.target.value)} />
        </label>
        <div className="sheet-foot">
          <button type="submit" className="button" disabled={nickname.trim() === ""}>
            {t("save")}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
