import { type ReactNode, useEffect, useId, useRef } from "react";
import { type Loaded, useApp } from "../lib/app-context";
import { pictureUrl } from "../lib/show";
import { Icon } from "./icons";

/** The bar above a page that was reached from another. */
export function TopBar({ title, action }: { title: string; action?: ReactNode }) {
  const { t, back } = useApp();
  return (
    <header className="topbar">
      <button type="button" className="round" onClick={back} aria-label={t("back")}>
        <Icon name="back" />
      </button>
      {title === "" ? <span /> : <h1>{title}</h1>}
      <div className="topbar-action">{action}</div>
    </header>
  );
}

export function Picture({ address, alt, className }: { address: string; alt: string; className?: string }) {
  if (address === "") return <div className={`picture empty ${className ?? ""}`} />;
  return <img className={`picture ${className ?? ""}`} src={pictureUrl(address)} alt={alt} loading="lazy" />;
}

export function Avatar({ address, name }: { address: string; name: string }) {
  if (address === "") return <span className="avatar letter">{[...name][0] ?? "?"}</span>;
  return <img className="avatar" src={pictureUrl(address)} alt="" loading="lazy" />;
}

export function Stars({ value }: { value: number }) {
  return (
    <span className="stars">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M12 3l2.7 5.9 6.3 .7-4.7 4.3 1.3 6.3L12 17l-5.6 3.2 1.3-6.3L3 9.6l6.3-.7z" />
      </svg>
      {value.toFixed(1)}
    </span>
  );
}

/** Grey shapes where something is on its way. */
export function Skeleton({ rows = 3, kind = "card" }: { rows?: number; kind?: "card" | "line" }) {
  const { t } = useApp();
  return (
    <div className="skeletons" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey shapes have nothing else
        <div key={row} className={`skeleton ${kind}`} />
      ))}
    </div>
  );
}

export function Empty({ text, action }: { text: string; action?: ReactNode }) {
  return (
    <div className="empty-state">
      <svg viewBox="0 0 120 80" aria-hidden="true">
        <path d="M10 70h100" className="ground" />
        <path d="M30 70V42l30-22 30 22v28z" className="wall" />
        <path d="M22 46l38-29 38 29" className="roof" />
        <path d="M53 70V54h14v16z" className="door" />
      </svg>
      <p>{text}</p>
      {action}
    </div>
  );
}

/** What is loaded, or its skeleton, or what went wrong with a way out. */
export function Await<T>({
  loaded,
  skeleton,
  children,
}: {
  loaded: Loaded<T>;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { t, explain } = useApp();
  if (loaded.data !== undefined) return <>{children(loaded.data)}</>;
  if (!loaded.error) return <>{skeleton}</>;
  return (
    <Empty
      text={explain(loaded.error)}
      action={
        <button type="button" className="button ghost" onClick={loaded.reload}>
          {t("retry")}
        </button>
      }
    />
  );
}

/** A sheet from below. It takes the focus, keeps it, and Escape closes it. */
export function Sheet({
  title,
  onClose,
  children,
  className = "",
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
}) {
  const { t } = useApp();
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") close.current();
      if (event.key !== "Tab" || !panel.current) return;
      const stops = panel.current.querySelectorAll<HTMLElement>(
        "button:not(:disabled), input:not(:disabled), textarea:not(:disabled)",
      );
      const [first, last] = [stops[0], stops[stops.length - 1]];
      const isAtEdge =
        document.activeElement === (event.shiftKey ? first : last) ||
        document.activeElement === panel.current;
      if (isAtEdge && (event.shiftKey || document.activeElement === last)) {
        event.preventDefault();
        (event.shiftKey ? last : first)?.focus();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <div className="sheet-layer">
      <button type="button" className="sheet-shade" tabIndex={-1} aria-hidden="true" onClick={onClose} />
      <div
        ref={panel}
        className={`sheet ${className}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby={id}
        tabIndex={-1}
      >
        <div className="sheet-head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="round" onClick={onClose} aria-label={t("close")}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </div>
  );
}

export function Stepper({
  value,
  least,
  most,
  onChange,
  label,
}: {
  value: number;
  least: number;
  most: number;
  onChange: (value: number) => void;
  label: string;
}) {
  const { t } = useApp();
  return (
    // biome-ignore lint/a11y/useSemanticElements: two buttons and a number are no form fieldset
    <div className="stepper" role="group" aria-label={label}>
      <button
        type="button"
        aria-label={t("fewer")}
        disabled={value <= least}
        onClick={() => onChange(value - 1)}
      >
        <Icon name="minus" />
      </button>
      <output aria-live="polite">{value}</output>
      <button
        type="button"
        aria-label={t("more")}
        disabled={value >= most}
        onClick={() => onChange(value + 1)}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}

/** Filled while the guest has saved it. */
export function SaveButton({
  homestayId,
  homestayBusinessId,
}: {
  homestayId?: number;
  homestayBusinessId?: number;
}) {
  const { saved, toggleSaved, t } = useApp();
  const isSaved = homestayId ? saved.homestays.has(homestayId) : saved.houses.has(homestayBusinessId ?? 0);
  return (
    <button
      type="button"
      className={isSaved ? "round heart on" : "round heart"}
      aria-pressed={isSaved}
      aria-label={t(isSaved ? "removeFavourite" : "addFavourite")}
      onClick={() => toggleSaved({ homestayId, homestayBusinessId })}
    >
      <Icon name="heart" filled={isSaved} />
    </button>
  );
}
