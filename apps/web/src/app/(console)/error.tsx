"use client";

import { ErrorPage } from "@/components/error-page";

export default function ConsoleError() {
  return <ErrorPage />;
}
