import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Logo } from "@/components/logo";
import { Preferences } from "@/components/preferences";
import { env } from "@/env";
import { SignInForm } from "@/forms/sign-in-form";
import { safeNext } from "@/lib/links";
import { readTheme } from "@/lib/preferences";
import { ApiUnavailable, findIdentity } from "@/lib/session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("signIn"))("title") };
}

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  const target = safeNext(typeof next === "string" ? next : null);
  const identity = await findIdentity().catch((error: unknown) => {
    // The form itself says so when it is sent.
    if (error instanceof ApiUnavailable) return null;
    throw error;
  });
  if (identity) redirect(target);
  const t = await getTranslations();
  return (
    <div className="flex min-h-dvh flex-col">
      <div className="flex items-center justify-end gap-1 p-4">
        <Preferences theme={await readTheme()} />
      </div>
      <main className="mx-auto flex w-full max-w-96 flex-1 flex-col justify-center px-4 pb-32">
        <div className="mb-6 flex items-center gap-3">
          <Logo className="size-8" />
          <span className="text-base font-semibold">{t("common.product")}</span>
        </div>
        <h1 className="text-xl font-semibold">{t("signIn.title")}</h1>
        <p className="mb-6 text-muted">{t("signIn.subtitle")}</p>
        <SignInForm next={target} />
        {env().WECHAT_SANDBOX ? <p className="mt-6 text-xs text-muted">{t("frame.sandboxHint")}</p> : null}
      </main>
    </div>
  );
}
