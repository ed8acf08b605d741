import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type App, AppProvider, forgetAll, useApp, useNow } from "./lib/app-context";
import { BridgeError, createBridge, type Token, type User } from "./lib/bridge";
import { back, countPlaces, go, type Place, usePlace } from "./lib/router";
import { keep, load } from "./lib/session";
import { refusalText, type TextKey, textsFor } from "./lib/texts";
import { type Person, wechat } from "./lib/wechat";
import { BookPage } from "./pages/book";
import { FavouritesPage } from "./pages/favourites";
import { HomePage, SearchPage } from "./pages/home";
import { HousePage } from "./pages/house";
import { ListingPage } from "./pages/listing";
import { MePage } from "./pages/me";
import { MessagesPage } from "./pages/messages";
import { OrderPage } from "./pages/order";
import { OrdersPage } from "./pages/orders";
import { Empty } from "./parts/bits";
import { Icon, type IconName } from "./parts/icons";
import { LoginSheet } from "./parts/login-sheet";

const tabs = [
  { path: "", icon: "home", text: "home" },
  { path: "favourites", icon: "heart", text: "favourites" },
  { path: "orders", icon: "bag", text: "orders" },
  { path: "messages", icon: "bell", text: "messages" },
  { path: "me", icon: "person", text: "me" },
] as const satisfies readonly { path: string; icon: IconName; text: TextKey }[];

const toastMs = 2_600;
const nobody = { homestays: new Set<number>(), houses: new Set<number>() };

/** The mini-program, and around it the phone. */
export function PhoneApp() {
  const kept = useRef(load());
  const [language, setLanguage] = useState(kept.current.language);
  const [token, setToken] = useState<Token | null>(kept.current.token);
  const [person, setPerson] = useState<Person | null>(kept.current.person);
  const [me, setMe] = useState<User | null>(null);
  const [saved, setSaved] = useState<App["saved"]>(nobody);
  const [toastText, setToastText] = useState("");
  const [sheet, setSheet] = useState<ReactNode>(null);
  const leaveSheet = useRef<(() => void) | null>(null);
  const tokenNow = useRef(token);
  tokenNow.current = token;
  const place = usePlace();
  const t = useMemo(() => textsFor(language), [language]);

  useEffect(() => keep({ token, person, language }), [token, person, language]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  useEffect(() => countPlaces(), []);

  const toast = useCallback((text: string) => setToastText(text), []);
  useEffect(() => {
    if (toastText === "") return;
    const timer = setTimeout(() => setToastText(""), toastMs);
    return () => clearTimeout(timer);
  }, [toastText]);

  const bridge = useMemo(
    () =>
      createBridge(
        {
          get: () => tokenNow.current,
          lost() {
            tokenNow.current = null;
            setToken(null);
            forgetAll();
            toast(t("sessionOver"));
          },
        },
        language,
      ),
    [language, toast, t],
  );

  // Who it is and what they saved, after each login and at each visit; an old token is renewed on the way.
  useEffect(() => {
    if (!token) {
      setMe(null);
      setSaved(nobody);
      return;
    }
    if (token.refreshAfter * 1_000 < Date.now()) {
      bridge.refreshToken().then(setToken, () => undefined);
      return;
    }
    bridge.me().then(setMe, () => undefined);
    bridge.favourites().then(
      (favourites) =>
        setSaved({
          homestays: new Set(favourites.map(({ homestayId }) => homestayId)),
          houses: new Set(favourites.map(({ homestayBusinessId }) => homestayBusinessId)),
        }),
      () => undefined,
    );
  }, [token, bridge]);

  const openSheet = useCallback(
    <T,>(left: T, render: (settle: (value: T) => void) => ReactNode) =>
      new Promise<T>((resolve) => {
        const settle = (value: T) => {
          leaveSheet.current = null;
          setSheet(null);
          resolve(value);
        };
        leaveSheet.current = () => settle(left);
        setSheet(render(settle));
      }),
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of place that closes
  useEffect(() => () => leaveSheet.current?.(), [place.id]);

  const explain = useCallback(
    (error: unknown) => refusalText(error instanceof Error ? error : { message: String(error) }, language),
    [language],
  );

  const logIn = useCallback(async () => {
    if (tokenNow.current) return true;
    const who = await openSheet<Partial<Person> | null>(null, (settle) => (
      <LoginSheet known={kept.current.person} settle={settle} />
    ));
    if (!who) return false;
    try {
      const found = await wechat.person(who);
      const [code, phoneCode] = await Promise.all([
        wechat.login(found.openid),
        wechat.phoneCode(found.openid),
      ]);
      const fresh = await bridge.wxMiniAuth({ code, phoneCode });
      forgetAll();
      kept.current.person = found;
      tokenNow.current = fresh;
      setPerson(found);
      setToken(fresh);
      return true;
    } catch (error) {
      toast(error instanceof BridgeError && error.status === 0 ? explain(error) : t("loginFailed"));
      return false;
    }
  }, [bridge, explain, openSheet, t, toast]);

  const logOut = useCallback(async () => {
    await bridge.logout().catch(() => undefined);
    tokenNow.current = null;
    setToken(null);
    forgetAll();
    toast(t("loggedOut"));
  }, [bridge, t, toast]);

  const toggleSaved = useCallback<App["toggleSaved"]>(
    async (target) => {
      if (!(await logIn())) return;
      const kind = target.homestayId ? "homestays" : "houses";
      const id = target.homestayId ?? target.homestayBusinessId ?? 0;
      const isOn = !saved[kind].has(id);
      const next = (on: boolean) => (before: App["saved"]) => {
        const ids = new Set(before[kind]);
        if (on) ids.add(id);
        else ids.delete(id);
        return { ...before, [kind]: ids };
      };
      // Shown at once; taken back when the bridge refuses.
      setSaved(next(isOn));
      try {
        await bridge.setFavourite(target, isOn);
        toast(t(isOn ? "favouriteAdded" : "favouriteRemoved"));
      } catch (error) {
        setSaved(next(!isOn));
        toast(explain(error));
      }
    },
    [bridge, explain, logIn, saved, t, toast],
  );

  const app: App = {
    bridge,
    t,
    language,
    setLanguage,
    person,
    isLoggedIn: token !== null,
    logIn,
    logOut,
    toast,
    explain,
    sheet: openSheet,
    go,
    back,
    saved,
    toggleSaved,
    me,
    setMe,
  };
  const [room = ""] = place.parts;
  const tab = tabs.find(({ path }) => path === room);
  return (
    <AppProvider value={app}>
      <div className="desk">
        <Aside />
        <div className="phone">
          <div className="screen">
            <StatusBar />
            <div className="body" inert={sheet !== null}>
              <Scroller place={place}>
                <Page place={place} />
              </Scroller>
              {tab && (
                <nav className="tabbar" aria-label={t("phone")}>
                  {tabs.map(({ path, icon, text }) => (
                    <a key={path} href={`#/${path}`} aria-current={path === room ? "page" : undefined}>
                      <Icon name={icon} filled={path === room && icon === "heart"} />
                      <span>{t(text)}</span>
                    </a>
                  ))}
                </nav>
              )}
            </div>
            {sheet}
            <div className="toast" role="status" aria-live="polite">
              {toastText && <span>{toastText}</span>}
            </div>
          </div>
        </div>
      </div>
    </AppProvider>
  );
}

function Page({ place }: { place: Place }) {
  const { parts, query } = place;
  const [room = "", ref = "", part] = parts;
  const id = Number(ref);
  switch (room) {
    case "":
      return <HomePage />;
    case "search":
      return <SearchPage query={query} />;
    case "house":
      return <HousePage id={id} key={id} />;
    case "listing":
      return part === "book" ? (
        <BookPage id={id} query={query} key={id} />
      ) : (
        <ListingPage id={id} query={query} key={id} />
      );
    case "favourites":
      return <FavouritesPage />;
    case "orders":
      return <OrdersPage query={query} key={place.id} />;
    case "order":
      return <OrderPage sn={ref} query={query} key={ref} />;
    case "messages":
      return <MessagesPage />;
    case "me":
      return <MePage />;
    default:
      return <NotFound />;
  }
}

function NotFound() {
  const { t } = useApp();
  return (
    <main className="page">
      <Empty
        text={t("notFound")}
        action={
          <a className="button" href="#/">
            {t("goHome")}
          </a>
        }
      />
    </main>
  );
}

/** Each place keeps how far it was scrolled; a new one starts at its top. */
function Scroller({ place, children }: { place: Place; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const heights = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    current.scrollTop = heights.current.get(place.id) ?? 0;
    const onScroll = () => heights.current.set(place.id, current.scrollTop);
    current.addEventListener("scroll", onScroll, { passive: true });
    return () => current.removeEventListener("scroll", onScroll);
  }, [place.id]);
  return (
    <div className="scroll" ref={box}>
      {children}
    </div>
  );
}

/** The strip above the mini-program on a desktop: the time, and WeChat's two buttons. */
function StatusBar() {
  const now = useNow(true);
  return (
    <div className="statusbar" aria-hidden="true">
      <span>{new Date(now).toTimeString().slice(0, 5)}</span>
      <span className="capsule">
        <i>•••</i>
        <i>◉</i>
      </span>
    </div>
  );
}

/** Beside the phone, where there is room: what this is and what to try. */
function Aside() {
  const { t, language, setLanguage, person, me } = useApp();
  return (
    <aside className="aside">
      <p className="aside-brand">looklook</p>
      <p>{t("aboutPhone")}</p>
      <h2>{t("tryTitle")}</h2>
      <ol>
        {(["try1", "try2", "try3", "try4"] as const).map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ol>
      {me && person && (
        <p className="muted">
          {me.nickname} · {person.phoneNumber}
        </p>
      )}
      <button
        type="button"
        className="button ghost"
        onClick={() => setLanguage(language === "zh" ? "en" : "zh")}
      >
        {language === "zh" ? "English" : "中文"}
      </button>
    </aside>
  );
}
