import { useApp } from "../lib/app-context";
import { Sheet } from "./bits";
import { Icon } from "./icons";

/** `wx.requestSubscribeMessage`: one message of each kind, or none. */
export function GrantSheet({ settle }: { settle: (answer: "accept" | "reject") => void }) {
  const { t } = useApp();
  return (
    <Sheet title={t("serviceNote")} onClose={() => settle("reject")}>
      <p className="lead">
        <b>{t("appName")}</b> {t("grantTitle")}
      </p>
      <p className="muted">{t("grantNote")}</p>
      <ul className="grants">
        {(["grantPaid", "grantStay"] as const).map((key) => (
          <li key={key}>
            <Icon name="check" /> {t(key)}
          </li>
        ))}
      </ul>
      <div className="sheet-foot">
        <button type="button" className="button ghost" onClick={() => settle("reject")}>
          {t("deny")}
        </button>
        <button type="button" className="button wechat" onClick={() => settle("accept")}>
          {t("allow")}
        </button>
      </div>
    </Sheet>
  );
}
