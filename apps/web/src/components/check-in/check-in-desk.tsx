"use client";

import { type DeskBooking, limits } from "@looklook/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Camera as CameraIcon, Volume2, VolumeX } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { UndoCheckIn } from "@/forms/undo-check-in";
import { type Refusal, refusalOf } from "@/lib/errors";
import { links } from "@/lib/links";
import { queries } from "@/lib/queries";
import { newRequestId } from "@/lib/request-id";
import { play } from "@/lib/sound";
import { apiOf } from "@/lib/trpc";
import { readTyped } from "@/lib/typed-code";
import { useDraft } from "@/lib/use-draft";
import { useRemembered } from "@/lib/use-remembered";
import { useMerchant } from "../merchant-context";
import { PageHead } from "../page-head";
import { RefusalText, useRefusalText } from "../refusal";
import { Button } from "../ui/button";
import { Hint } from "../ui/hint";
import { Kbd } from "../ui/kbd";
import { Skeleton } from "../ui/skeleton";
import { Camera, cameraAfterReload } from "./camera";
import { CodeField } from "./code-field";
import { AcceptedCard, GuestCard, type LookUp } from "./guest-card";
import { TodayAtTheDoor } from "./today-at-the-door";

/** Where the desk stands with the code in the field. */
type Step =
  | { name: "typing" }
  | { name: "looking" }
  | { name: "refused"; refusal: Refusal }
  /** `requestId` stands for this one intent to accept: a repeat is harmless. */
  | { name: "found"; code: string; answer: LookUp; requestId: string }
  | { name: "accepted"; booking: DeskBooking };

/** Enter right after the card appears was meant for the field: nobody has read a card in that time. */
const readingMs = 400;

/**
 * The page that matters most: a code comes in by keyboard, paste, hand scanner or camera; the card says who it is; one
 * key lets them in; the field is ready for the next guest.
 */
export function CheckInDesk() {
  const t = useTranslations("checkIn");
  const { slug } = useMerchant();
  const client = useQueryClient();
  const refusalText = useRefusalText();
  const [raw, setRaw] = useDraft(`check-in:${slug}`);
  const [step, setStep] = useState<Step>({ name: "typing" });
  const [said, setSaid] = useState("");
  const isRead = useIsRead(step.name === "found" ? step.requestId : null);
  const [undoing, setUndoing] = useState<Pick<DeskBooking, "bookingNo" | "guestName"> | null>(null);
  const [hasSound, setHasSound] = useRemembered("check-in-sound", true);
  const [hasCamera, setHasCamera] = useRemembered("check-in-camera", false);
  const [isCameraOpen, setIsCameraOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  /** Grows with every change of the field; an answer to an older text is dropped. */
  const round = useRef(0);

  const focusField = () => field.current?.focus();
  const sound = (name: Parameters<typeof play>[0]) => {
    if (hasSound) play(name);
  };
  const refuse = (refusal: Refusal) => {
    setStep({ name: "refused", refusal });
    setSaid(Object.values(refusalText(refusal)).join(" "));
    sound("refused");
    field.current?.select();
  };

  const lookUp = async (text: string) => {
    const typed = readTyped(text);
    if (typed.kind === "code" && typed.text.length < limits.checkInCode.length) {
      setSaid(t("incomplete", { count: typed.text.length }));
      return;
    }
    round.current += 1;
    const mine = round.current;
    setStep({ name: "looking" });
    try {
      const answer = await apiOf(slug).booking.lookUpCode.mutate({ code: typed.text });
      if (mine !== round.current) return;
      setStep({
        name: "found",
        code: typed.text,
        answer,
        requestId: newRequestId(),
      });
      const { booking } = answer;
      if (booking.actions.checkIn === null)
        setSaid(t("saidFound", { name: booking.guestName, guests: booking.guests, nights: booking.nights }));
      else {
        setSaid(t("saidCannot", { name: booking.guestName }));
        sound("refused");
      }
      field.current?.select();
    } catch (error) {
      if (refusalOf(error).code === "NOT_SIGNED_IN") toSignIn();
      else if (mine === round.current) refuse(refusalOf(error));
    }
  };

  const accept = useMutation({
    mutationFn: ({ code, requestId }: { code: string; requestId: string }) =>
      apiOf(slug).booking.checkIn.mutate({ code, requestId }),
    onSuccess: ({ booking }) => {
      setStep({ name: "accepted", booking });
      setRaw("");
      setSaid(t("accepted", { name: booking.guestName }));
      sound("accepted");
      void client.invalidateQueries({ queryKey: queries.ofMerchant(slug) });
    },
    onError: (error) => refuse(refusalOf(error)),
    onSettled: focusField,
  });

  const acceptFound = () => {
    if (step.name === "found" && step.answer.booking.actions.checkIn === null && !accept.isPending)
      accept.mutate({ code: step.code, requestId: step.requestId });
  };

  const change = (text: string) => {
    round.current += 1;
    setRaw(text);
    setSaid("");
    if (step.name !== "typing") setStep({ name: "typing" });
  };

  const enter = () => {
    if (step.name === "looking" || accept.isPending) return;
    if (step.name !== "found") {
      if (raw.trim() !== "") void lookUp(raw);
    } else if (isRead) acceptFound();
  };

  const scanned = (text: string) => {
    if (accept.isPending || undoing) return;
    change(text);
    void lookUp(text);
  };

  const openCamera = (isOpen: boolean) => {
    setIsCameraOpen(isOpen);
    setHasCamera(isOpen);
    focusField();
  };

  // `autoFocus` alone is lost when the browser has moved on to something else before the page came alive.
  useEffect(() => field.current?.focus(), []);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (undoing || event.ctrlKey || event.metaKey) return;
    const isFree = document.activeElement === document.body;
    if (event.code === "KeyC" && (event.altKey || isFree)) {
      event.preventDefault();
      openCamera(!isCameraOpen);
    } else if (isFree && !event.altKey && event.key.length === 1) focusField();
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  // The page was loaded again for the camera's sake.
  useEffect(() => {
    if (sessionStorage.getItem(cameraAfterReload) === null) return;
    sessionStorage.removeItem(cameraAfterReload);
    setIsCameraOpen(true);
  }, []);

  // It was on last time and the browser still allows it: no question comes up, so it may open by itself.
  useEffect(() => {
    if (!hasCamera) return;
    let isGone = false;
    navigator.permissions
      ?.query({ name: "camera" as PermissionName })
      .then((permission) => {
        if (!isGone && permission.state === "granted") setIsCameraOpen(true);
      })
      .catch(() => {
        // A browser that cannot say whether it would ask is not made to ask.
      });
    return () => {
      isGone = true;
    };
  }, [hasCamera]);

  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title={t("title")}>
        <div className="flex items-center gap-1">
          <Hint text={hasSound ? t("soundOff") : t("soundOn")}>
            <Button
              kind="quiet"
              size="icon"
              aria-label={t("sound")}
              aria-pressed={hasSound}
              onClick={() => {
                setHasSound(!hasSound);
                focusField();
              }}
            >
              {hasSound ? (
                <Volume2 aria-hidden className="size-4" />
              ) : (
                <VolumeX aria-hidden className="size-4" />
              )}
            </Button>
          </Hint>
          <Button
            aria-pressed={isCameraOpen}
            aria-keyshortcuts="C Alt+C"
            onClick={() => openCamera(!isCameraOpen)}
          >
            <CameraIcon aria-hidden className="size-4" />
            {t("camera.open")}
            <Kbd className="max-md:hidden">Alt C</Kbd>
          </Button>
        </div>
      </PageHead>
      <CodeField
        ref={field}
        raw={raw}
        isSettled={step.name === "found" || step.name === "refused"}
        describedBy="check-in-help"
        onChange={change}
        onComplete={(text) => void lookUp(text)}
        onEnter={enter}
        onEscape={() => {
          change("");
          focusField();
        }}
      />
      <p id="check-in-help" className="mt-2 text-xs text-muted">
        {t("help")}
      </p>
      <p aria-live="assertive" className="sr-only">
        {said}
      </p>
      {isCameraOpen ? <Camera onCode={scanned} onClose={() => openCamera(false)} /> : null}
      <div className="mt-4 empty:hidden">
        {step.name === "looking" ? <CardSkeleton /> : null}
        {step.name === "refused" ? <RefusalText refusal={step.refusal} /> : null}
        {step.name === "found" ? (
          <GuestCard
            answer={step.answer}
            isAccepting={accept.isPending}
            takesEnter={isRead}
            onAccept={acceptFound}
            onUndo={setUndoing}
          />
        ) : null}
        {step.name === "accepted" ? <AcceptedCard booking={step.booking} onUndo={setUndoing} /> : null}
      </div>
      <TodayAtTheDoor onUndo={setUndoing} />
      <UndoCheckIn
        booking={undoing}
        returnTo={field}
        onClose={() => setUndoing(null)}
        onUndone={() => {
          setSaid(t("undone", { name: undoing?.guestName ?? "" }));
          setStep({ name: "typing" });
          setRaw("");
        }}
      />
    </div>
  );
}

/** True once the card of this intent has stood there long enough to be read. */
function useIsRead(requestId: string | null): boolean {
  const [read, setRead] = useState<string | null>(null);
  useEffect(() => {
    if (requestId === null) return;
    const timer = setTimeout(() => setRead(requestId), readingMs);
    return () => clearTimeout(timer);
  }, [requestId]);
  return requestId !== null && read === requestId;
}

/** The shape of the card while the API looks. */
function CardSkeleton() {
  return (
    <div className="rounded-lg border border-line bg-surface p-4 md:p-6">
      <Skeleton className="h-8 w-48" />
      <div className="mt-4 grid grid-cols-2 gap-6 sm:grid-cols-3">
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
      </div>
      <Skeleton className="mt-6 h-12 w-64 max-w-full" />
    </div>
  );
}

function toSignIn(): void {
  location.assign(links.signIn(location.pathname + location.search));
}
