"use client";

import { Languages, SunMoon } from "lucide-react";
import type { Theme } from "@/lib/theme";
import { useLanguage } from "./language";
import { useTheme } from "./theme";
import { buttonClass } from "./ui/button-class";
import { Menu, MenuChoices } from "./ui/menu";

/** Language and theme, as two small menus. */
export function Preferences({ theme: initialTheme }: { theme: Theme }) {
  const language = useLanguage();
  const theme = useTheme(initialTheme);
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={language.label}
            className={buttonClass({ kind: "quiet", size: "icon" })}
          >
            <Languages aria-hidden className="size-4" />
          </button>
        }
      >
        <MenuChoices
          label={language.label}
          value={language.locale}
          choices={language.choices}
          onChoose={language.choose}
        />
      </Menu>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={theme.label}
            className={buttonClass({ kind: "quiet", size: "icon" })}
          >
            <SunMoon aria-hidden className="size-4" />
          </button>
        }
      >
        <MenuChoices
          label={theme.label}
          value={theme.theme}
          choices={theme.choices}
          onChoose={theme.choose}
        />
      </Menu>
    </>
  );
}
