"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { SignInInput } from "@looklook/contracts";
import { signIn } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import type { z } from "zod";
import { RefusalText } from "@/components/refusal";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { type Refusal, unpackRefusal } from "@/lib/errors";

const Form = SignInInput.pick({ email: true, password: true });

/** E-mail and password. The e-mail survives a reload; the password is kept nowhere. */
export function SignInForm({ next }: { next: string }) {
  const t = useTranslations("signIn");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isLeaving, setIsLeaving] = useState(false);
  const { register, handleSubmit, formState, setValue, setFocus, resetField } = useForm<z.input<typeof Form>>(
    {
      resolver: zodResolver(Form),
      defaultValues: { email: "", password: "" },
    },
  );
  useEffect(() => {
    const email = sessionStorage.getItem("draft:email");
    if (email) setValue("email", email);
    setFocus(email ? "password" : "email");
  }, [setValue, setFocus]);

  const submit = handleSubmit(async ({ email, password }) => {
    setRefusal(null);
    sessionStorage.setItem("draft:email", email);
    const answer = await signIn("credentials", { email, password, redirect: false }).catch(() => undefined);
    if (answer?.ok && !answer.error) {
      setIsLeaving(true);
      // A whole new document: nothing of the person before stays in memory.
      location.assign(next);
      return;
    }
    setRefusal(answer?.error ? unpackRefusal(answer.error) : { code: "UNAVAILABLE", facts: {} });
    resetField("password");
    setFocus("password");
  });

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4" aria-label={t("title")}>
      {refusal ? <RefusalText refusal={refusal} /> : null}
      <TextField
        label={t("email")}
        type="email"
        autoComplete="username"
        inputMode="email"
        error={formState.errors.email ? t("emailWrong") : undefined}
        {...register("email")}
      />
      <TextField
        label={t("password")}
        type="password"
        autoComplete="current-password"
        error={formState.errors.password ? t("passwordMissing") : undefined}
        {...register("password")}
      />
      <Button type="submit" kind="primary" size="large" isBusy={formState.isSubmitting || isLeaving}>
        {t("submit")}
      </Button>
    </form>
  );
}
