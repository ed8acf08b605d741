import { useApp } from "../lib/app-context";
import { Empty } from "./bits";

/** What a page shows to somebody who has not logged in. */
export function LoginFirst({ title }: { title: string }) {
  const { t, logIn } = useApp();
  return (
    <main className="page">
      <header className="topbar plain">
        <h1>{title}</h1>
      </header>
      <Empty
        text={t("loginFirst")}
        action={
          <button type="button" className="button wechat" onClick={logIn}>
            {t("login")}
          </button>
        }
      />
    </main>
  );
}
