"use client";

import { PlugZap } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "./ui/button";
import { Empty } from "./ui/empty";

/** A page that could not be made; most often the API is away for a moment. */
export function ErrorPage() {
  const t = useTranslations("errors.UNAVAILABLE");
  const tCommon = useTranslations("common");
  return (
    <div className="flex min-h-[60dvh] flex-col items-center justify-center">
      <Empty Icon={PlugZap} title={t("what")} isWholePage>
        <p>{t("next")}</p>
        <Button kind="primary" className="mt-4" onClick={() => location.reload()}>
          {tCommon("retry")}
        </Button>
      </Empty>
    </div>
  );
}
