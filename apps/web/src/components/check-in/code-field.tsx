"use client";

import { limits } from "@looklook/contracts";
import { ScanLine } from "lucide-react";
import { useTranslations } from "next-intl";
import { type Ref, useState } from "react";
import { cn } from "@/lib/cn";
import { readTyped } from "@/lib/typed-code";

/** Typing pauses this long after the last character before a whole code is looked up: a hand scanner goes on sooner. */
const quietMs = 220;
const cellNumbers = Array.from({ length: limits.checkInCode.length }, (_, n) => n);

/**
 * Eight big cells over one ordinary field. `raw` is what stands in the field; a scanner's long text may stand there
 * too. `isSettled` says that the text is done with: whatever comes next replaces it.
 */
export function CodeField({
  ref,
  raw,
  isSettled,
  describedBy,
  onChange,
  onComplete,
  onEnter,
  onEscape,
}: {
  ref: Ref<HTMLInputElement>;
  raw: string;
  isSettled: boolean;
  describedBy: string;
  onChange: (raw: string) => void;
  /** A whole code or scan stands there and nothing more came for a moment. */
  onComplete: (raw: string) => void;
  onEnter: () => void;
  onEscape: () => void;
}) {
  const t = useTranslations("checkIn");
  const [timer] = useState<{ id?: ReturnType<typeof setTimeout> }>({});
  const typed = readTyped(raw);
  const code = typed.kind === "code" ? typed.text : "";
  const next = Math.min(code.length, limits.checkInCode.length - 1);

  const take = (text: string) => {
    clearTimeout(timer.id);
    onChange(text);
    if (readTyped(text).isComplete) timer.id = setTimeout(() => onComplete(text), quietMs);
  };

  return (
    <div className="group relative">
      <label htmlFor="check-in-code" className="mb-2 block text-sm font-medium">
        {t("field")}
      </label>
      <div
        aria-hidden
        className="flex items-center gap-1 rounded-lg p-1 outline-offset-2 outline-accent-text group-focus-within:outline-2 md:gap-2"
      >
        {typed.kind === "scan" ? (
          <div className="flex h-14 flex-1 items-center justify-center gap-3 rounded-sm border border-line-strong bg-surface text-base md:h-18">
            <ScanLine className="size-5 text-accent-text" />
            {t("scanned")}
          </div>
        ) : (
          cellNumbers.map((n) => (
            <div
              key={n}
              className={cn(
                "flex h-14 min-w-0 flex-1 items-center justify-center rounded-sm border bg-surface font-mono text-xl font-semibold md:h-18 md:text-code",
                n === 4 && "ml-2 md:ml-4",
                "border-line-strong",
                !isSettled && n === next && "group-focus-within:border-2 group-focus-within:border-accent",
                isSettled && "bg-sunken text-muted",
              )}
            >
              {code[n] ?? ""}
            </div>
          ))
        )}
      </div>
      <input
        ref={ref}
        id="check-in-code"
        value={raw}
        // biome-ignore lint/a11y/noAutofocus: the page is this field; a guest stands before it
        autoFocus
        autoComplete="off"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
        maxLength={2048}
        aria-describedby={describedBy}
        className="absolute inset-x-0 bottom-0 h-16 w-full cursor-text opacity-0 md:h-20"
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          const { data } = event.nativeEvent as InputEvent;
          // A key pressed with the caret in the middle of a finished code still begins the next one.
          take(isSettled && data ? data : event.target.value);
        }}
        onPaste={(event) => {
          event.preventDefault();
          take(event.clipboardData.getData("text").slice(0, 2_048));
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.repeat) return;
          if (event.key === "Enter") {
            event.preventDefault();
            clearTimeout(timer.id);
            onEnter();
          } else if (event.key === "Escape") {
            clearTimeout(timer.id);
            onEscape();
          }
        }}
      />
    </div>
  );
}
