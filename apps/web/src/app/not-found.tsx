import { SearchX } from "lucide-react";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { Empty } from "@/components/ui/empty";
import { links } from "@/lib/links";

export default async function NotFound() {
  const t = await getTranslations("notFound");
  return (
    <main className="flex min-h-[60dvh] flex-col items-center justify-center">
      <Empty Icon={SearchX} title={t("what")} isWholePage>
        <p>{t("next")}</p>
        <Link href={links.home} className={buttonClass({ kind: "primary" }, "mt-4")}>
          {t("home")}
        </Link>
      </Empty>
    </main>
  );
}
