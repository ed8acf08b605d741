import { useEffect, useMemo, useRef } from "react";
import { useApp } from "../lib/app-context";
import {
  addDays,
  areFree,
  type Chosen,
  canChoose,
  choose,
  type Day,
  monthsFrom,
  type Nights,
} from "../lib/calendar";
import { dayText, monthText, shortMoney, weekdayLetters } from "../lib/show";

/** Months below one another with price and room for each night. */
export function StayCalendar({
  today,
  months,
  nights,
  chosen,
  onChange,
}: {
  today: Day;
  months: number;
  nights: Nights;
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
}) {
  const { language, t } = useApp();
  const rows = useMemo(() => monthsFrom(today, months), [today, months]);
  const body = useRef<HTMLDivElement>(null);
  const startAt = useRef(chosen.checkIn);
  useEffect(() => {
    const month = startAt.current?.slice(0, 7);
    if (month) body.current?.querySelector(`[data-month="${month}"]`)?.scrollIntoView({ block: "start" });
  }, []);

  const stateOf = (day: Day): string => {
    const { checkIn, checkOut } = chosen;
    if (day === checkIn) return checkOut ? "edge first" : "edge";
    if (day === checkOut) return "edge last";
    return checkIn && checkOut && day > checkIn && day < checkOut ? "between" : "";
  };
  const below = (day: Day): string => {
    const night = nights.get(day);
    if (day === chosen.checkIn) return t("dayIn");
    if (day === chosen.checkOut) return t("dayOut");
    if (!night || night.isClosed) return night ? t("nightClosed") : "";
    return night.free > 0 ? shortMoney(night.price) : t("nightFull");
  };
  const labelOf = (day: Day): string => {
    const night = nights.get(day);
    const price = night && !night.isClosed && night.free > 0 ? `¥${night.price}` : below(day);
    return `${dayText(day, language)}, ${price}`;
  };

  return (
    <div className="calendar">
      <div className="calendar-week head" aria-hidden="true">
        {weekdayLetters[language].map((letter) => (
          <span key={letter}>{letter}</span>
        ))}
      </div>
      <div className="calendar-body" ref={body}>
        {rows.map((month) => (
          <section key={month.id} data-month={month.id} aria-label={monthText(month.id, language)}>
            <h3>{monthText(month.id, language)}</h3>
            {month.weeks.map((week, index) => (
              <div className="calendar-week" key={week.find(Boolean) ?? index}>
                {week.map((day, column) => {
                  // biome-ignore lint/suspicious/noArrayIndexKey: an empty cell has only its place
                  if (!day) return <span key={column} />;
                  const isPast = day < today;
                  const isOff = isPast || !canChoose(chosen, day, nights);
                  const isSoldOut = !isPast && !areFree(nights, day, addDays(day, 1));
                  return (
                    <button
                      type="button"
                      key={day}
                      className={`calendar-day ${stateOf(day)} ${isSoldOut ? "sold" : ""}`}
                      disabled={isOff}
                      aria-pressed={stateOf(day) !== ""}
                      aria-label={labelOf(day)}
                      onClick={() => onChange(choose(chosen, day, nights))}
                    >
                      <b>{Number(day.slice(8))}</b>
                      <small>{isPast ? "" : below(day)}</small>
                    </button>
                  );
                })}
              </div>
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}
