"use client";

import { CameraOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { createQrReader, NeedsReload } from "@/lib/qr-reader";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Skeleton } from "../ui/skeleton";

/** Set in this tab while the page is loaded again so that the camera may work. */
export const cameraAfterReload = "camera-after-reload";

const lookEveryMs = 120;
/** A code held before the camera is read once, not ten times a second. */
const sameCodePauseMs = 4_000;

type Problem = "denied" | "missing" | "failed";

/** The camera's picture, looking for a QR code. */
export function Camera({ onCode, onClose }: { onCode: (text: string) => void; onClose: () => void }) {
  const t = useTranslations("checkIn.camera");
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isReady, setIsReady] = useState(false);
  const found = useEffectEvent(onCode);

  useEffect(() => {
    let isOver = false;
    let stream: MediaStream | undefined;
    const last = { text: "", at: 0 };
    const run = async () => {
      const readQr = await createQrReader();
      if (!navigator.mediaDevices) throw new DOMException("no camera on an insecure page", "NotFoundError");
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
      });
      const picture = video.current;
      if (isOver || !picture) return stopAll(stream);
      picture.srcObject = stream;
      await picture.play();
      setIsReady(true);
      while (!isOver) {
        const text = await readQr(picture);
        const now = performance.now();
        if (text && !isOver && (text !== last.text || now - last.at > sameCodePauseMs)) {
          last.text = text;
          last.at = now;
          found(text);
        }
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
    };
    run().catch((error: unknown) => {
      stopAll(stream);
      if (isOver) return;
      if (error instanceof NeedsReload) {
        sessionStorage.setItem(cameraAfterReload, "1");
        location.reload();
      } else setProblem(problemOf(error));
    });
    return () => {
      isOver = true;
      stopAll(stream);
    };
  }, []);

  if (problem)
    return (
      <Notice kind="attention" role="alert" title={t(`${problem}.what`)} className="mt-4">
        <p>{t(`${problem}.next`)}</p>
        <Button className="mt-2" onClick={onClose}>
          {t("close")}
        </Button>
      </Notice>
    );
  return (
    <div className="relative mt-4 overflow-hidden rounded-lg border border-line bg-sunken">
      {isReady ? null : <Skeleton className="absolute inset-0 rounded-lg" />}
      <video
        ref={video}
        muted
        playsInline
        aria-label={t("label")}
        className="aspect-4/3 w-full object-cover md:aspect-auto md:h-80"
      />
      <div
        aria-hidden
        className="absolute inset-0 m-auto aspect-square h-3/5 rounded-lg border-2 border-accent"
      />
      <div className="absolute inset-x-0 bottom-0 flex items-center justify-between gap-2 bg-surface/90 p-2 pl-4 text-sm">
        <span>{t("hint")}</span>
        <Button kind="quiet" onClick={onClose}>
          <CameraOff aria-hidden className="size-4" />
          {t("close")}
        </Button>
      </div>
    </div>
  );
}

function stopAll(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function problemOf(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "failed";
}
