import { useState } from "react";
import { useApp } from "../lib/app-context";
import { mobileText } from "../lib/show";
import { demoPeople, type Person } from "../lib/wechat";
import { Avatar, Sheet } from "./bits";
import { Icon } from "./icons";

const demoPerson = (person: Person) => demoPeople.find(({ openid }) => openid === person.openid);

/** WeChat asks whose number the mini-program may have. Settles with a person, or null when it was closed. */
export function LoginSheet({
  known,
  settle,
}: {
  known: Person | null;
  settle: (who: Partial<Person> | null) => void;
}) {
  const { t } = useApp();
  const fresh = { nickname: "", phoneNumber: "", openid: "" };
  const people = known && !demoPerson(known) ? [known, ...demoPeople] : demoPeople;
  const [picked, setPicked] = useState<Person>(known ?? people[0] ?? fresh);
  const option = (person: Person, title: string, note: string) => (
    <li key={person.openid}>
      <label className="person-option">
        <input
          type="radio"
          name="person"
          checked={picked.openid === person.openid}
          onChange={() => setPicked(person)}
        />
        <Avatar address={demoPerson(person)?.avatar ?? ""} name={title} />
        <span>
          <b>{title}</b>
          <small className="muted">{note}</small>
        </span>
        <Icon name="check" />
      </label>
    </li>
  );
  return (
    <Sheet title={t("login")} onClose={() => settle(null)}>
      <p className="lead">
        <b>{t("appName")}</b> {t("loginAsk")}
      </p>
      <p className="muted">{t("loginNote")}</p>
      <h3 className="small-head">{t("loginAs")}</h3>
      <ul className="choices">
        {people.map((person) =>
          option(
            person,
            person.nickname || mobileText(person.phoneNumber),
            demoPerson(person)
              ? `${mobileText(person.phoneNumber)} · ${t("loginDemo")}`
              : mobileText(person.phoneNumber),
          ),
        )}
        {option(fresh, t("loginNew"), t("loginFresh"))}
      </ul>
      <div className="sheet-foot">
        <button type="button" className="button ghost" onClick={() => settle(null)}>
          {t("deny")}
        </button>
        <button type="button" className="button wechat" onClick={() => settle(picked.openid ? picked : {})}>
          {t("allow")}
        </button>
      </div>
    </Sheet>
  );
}
