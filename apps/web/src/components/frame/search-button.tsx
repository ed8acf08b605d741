"use client";

import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { buttonClass } from "../ui/button-class";
import { Kbd } from "../ui/kbd";

/** Opens the search; so does Ctrl-K (or ⌘K) anywhere. */
export function SearchButton({ onOpen }: { onOpen: () => void }) {
  const t = useTranslations("search");
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      onOpen();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onOpen]);
  return (
    <button
      type="button"
      onClick={onOpen}
      aria-label={t("open")}
      aria-keyshortcuts="Control+K Meta+K"
      className={buttonClass({ kind: "quiet" }, "max-md:size-9 max-md:px-0 md:border md:border-line")}
    >
      <Search aria-hidden className="size-4" />
      <span className="max-md:sr-only">{t("button")}</span>
      <Kbd className="max-md:hidden">Ctrl K</Kbd>
    </button>
  );
}
