"use client";

import { ErrorPage } from "@/components/error-page";

export default function RootError() {
  return (
    <main>
      <ErrorPage />
    </main>
  );
}
