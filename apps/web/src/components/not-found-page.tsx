import { SearchX } from "lucide-react";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { links } from "@/lib/links";
import { buttonClass } from "./ui/button-class";
import { Empty } from "./ui/empty";

/** An address with nothing behind it, or with something that is not this person's. */
export async function NotFoundPage() {
  const t = await getTranslations("notFound");
  return (
    <div className="flex min-h-[60dvh] flex-col items-center justify-center">
      <Empty Icon={SearchX} title={t("what")} isWholePage>
        <p>{t("next")}</p>
        <Link href={links.home} className={buttonClass({ kind: "primary" }, "mt-4")}>
          {t("home")}
        </Link>
      </Empty>
    </div>
  );
}
