import { useMemo, useState } from "react";
import { useApp, useLoad } from "../lib/app-context";
import type { Boss, Business, Homestay } from "../lib/bridge";
import { addDays, type Day, nightsBetween, secondsOf } from "../lib/calendar";
import { dayText } from "../lib/show";
import { todayInChina } from "../lib/today";
import {
  Avatar,
  Await,
  Empty,
  Picture,
  SaveButton,
  Sheet,
  Skeleton,
  Stars,
  Stepper,
  TopBar,
} from "../parts/bits";
import { Icon } from "../parts/icons";
import { ListingCard } from "../parts/listing-card";

/** Cities that the search offers: their legacy names, which the bridge compares. */
const cities = [
  { zh: "杭州", en: "Hangzhou" },
  { zh: "大理", en: "Dali" },
  { zh: "成都", en: "Chengdu" },
  { zh: "厦门", en: "Xiamen" },
] as const;

interface FrontPage {
  preferred: Homestay[];
  hosts: (Boss & { houseId: number; houseName: string })[];
  houses: Business[];
  latest: Homestay[];
}

export function HomePage() {
  const { bridge, t, language } = useApp();
  const loaded = useLoad<FrontPage>(`home ${language}`, async () => {
    const [preferred, bosses, houses, latest] = await Promise.all([
      bridge.preferred(),
      bridge.goodBosses(),
      bridge.businesses(),
      bridge.latest(),
    ]);
    // The bridge names hosts by person; a tap on one wants the house.
    const owners = await Promise.all(
      houses.map(async (house) => ({ house, boss: await bridge.bossOf(house.id) })),
    );
    const hosts = bosses.flatMap((boss) => {
      const owned = owners.find((owner) => owner.boss.id === boss.id);
      return owned ? [{ ...boss, houseId: owned.house.id, houseName: owned.house.title }] : [];
    });
    return { preferred, hosts, houses, latest };
  });
  return (
    <main className="page home">
      <header className="hero">
        <p className="hero-brand">looklook</p>
        <h1>{t("welcome")}</h1>
        <p>{t("welcomeNote")}</p>
      </header>
      <SearchBox />
      <Await loaded={loaded} skeleton={<Skeleton rows={3} />}>
        {({ preferred, hosts, houses, latest }) => (
          <>
            <section aria-labelledby="preferred">
              <h2 id="preferred">{t("preferred")}</h2>
              <div className="row-scroll">
                {preferred.map((homestay) => (
                  <ListingCard key={homestay.id} homestay={homestay} size="big" />
                ))}
              </div>
            </section>
            <section aria-labelledby="hosts">
              <h2 id="hosts">{t("goodHosts")}</h2>
              <div className="row-scroll">
                {hosts.map((host) => (
                  <a key={host.id} className="host-card" href={`#/house/${host.houseId}`}>
                    <Avatar address={host.avatar} name={host.nickname} />
                    <b>{host.nickname}</b>
                    <small>{host.houseName}</small>
                    <span className="muted clip2">{host.info}</span>
                  </a>
                ))}
              </div>
            </section>
            <section aria-labelledby="houses">
              <h2 id="houses">{t("houses")}</h2>
              {houses.map((house) => (
                <HouseCard key={house.id} house={house} />
              ))}
            </section>
            <section aria-labelledby="latest">
              <h2 id="latest">{t("latest")}</h2>
              {latest.map((homestay) => (
                <ListingCard key={homestay.id} homestay={homestay} />
              ))}
            </section>
          </>
        )}
      </Await>
    </main>
  );
}

function HouseCard({ house }: { house: Business }) {
  const { t } = useApp();
  return (
    <article className="card house">
      <a href={`#/house/${house.id}`} className="card-link">
        <Picture address={house.headerImg || house.cover} alt="" />
        <div className="card-body">
          <h3>
            {house.title} {house.star > 0 && <Stars value={house.star} />}
          </h3>
          <p className="muted clip">{house.info}</p>
          <p className="tags">
            {house.tags.split(",").map((tag) => (
              <span className="tag" key={tag}>
                {tag}
              </span>
            ))}
            {house.sellMonth > 0 && (
              <span className="tag quiet">{t("soldMonth", { n: house.sellMonth })}</span>
            )}
          </p>
        </div>
      </a>
      <SaveButton homestayBusinessId={house.id} />
    </article>
  );
}

function SearchBox() {
  const { t, language, go, sheet } = useApp();
  const today = todayInChina();
  const [city, setCity] = useState("");
  const [checkIn, setCheckIn] = useState(today);
  const [nights, setNights] = useState(1);
  const [guests, setGuests] = useState(2);
  const checkOut = addDays(checkIn, nights);
  const cityText =
    city === ""
      ? t("anyCity")
      : language === "en"
        ? (cities.find(({ zh }) => zh === city)?.en ?? city)
        : city;

  const pickCity = async () => {
    const picked = await sheet<string | null>(null, (settle) => (
      <Sheet title={t("city")} onClose={() => settle(null)}>
        <ul className="choices">
          {["", ...cities.map(({ zh }) => zh)].map((zh) => (
            <li key={zh}>
              <button type="button" aria-pressed={zh === city} onClick={() => settle(zh)}>
                {zh === "" ? t("anyCity") : language === "en" ? cities.find((one) => one.zh === zh)?.en : zh}
                {zh === city && <Icon name="check" />}
              </button>
            </li>
          ))}
        </ul>
      </Sheet>
    ));
    if (picked !== null) setCity(picked);
  };

  return (
    <form
      className="search-box"
      onSubmit={(event) => {
        event.preventDefault();
        go(`/search?city=${encodeURIComponent(city)}&in=${checkIn}&out=${checkOut}&guests=${guests}`);
      }}
    >
      <button type="button" className="search-row" onClick={pickCity}>
        <Icon name="pin" />
        <b>{cityText}</b>
        <Icon name="next" />
      </button>
      <div className="search-row">
        <DayField
          label={t("checkIn")}
          day={checkIn}
          least={today}
          most={addDays(today, 300)}
          onChange={setCheckIn}
        />
        <span className="nights">{t("nights", { n: nights })}</span>
        <DayField
          label={t("checkOut")}
          day={checkOut}
          least={addDays(checkIn, 1)}
          most={addDays(checkIn, 30)}
          onChange={(day) => setNights(nightsBetween(checkIn, day))}
        />
      </div>
      <div className="search-row">
        <span>{t("guests")}</span>
        <Stepper label={t("guests")} value={guests} least={1} most={16} onChange={setGuests} />
      </div>
      <button type="submit" className="button">
        <Icon name="search" /> {t("search")}
      </button>
    </form>
  );
}

/** A day as our guests read it, over the phone's own date picker. */
function DayField({
  label,
  day,
  least,
  most,
  onChange,
}: {
  label: string;
  day: Day;
  least: Day;
  most: Day;
  onChange: (day: Day) => void;
}) {
  const { language } = useApp();
  return (
    <label className="day-field">
      <small>{label}</small>
      <b aria-hidden="true">{dayText(day, language)}</b>
      <input
        type="date"
        value={day}
        min={least}
        max={most}
        onClick={(event) => event.currentTarget.showPicker?.()}
        onChange={(event) => {
          const { value } = event.target;
          if (value >= least && value <= most) onChange(value);
        }}
      />
    </label>
  );
}

export function SearchPage({ query }: { query: URLSearchParams }) {
  const { bridge, t, language } = useApp();
  const wish = useMemo(
    () => ({
      city: query.get("city") ?? "",
      checkIn: query.get("in") ?? todayInChina(),
      checkOut: query.get("out") ?? addDays(todayInChina(), 1),
      guests: Number(query.get("guests")) || 1,
    }),
    [query],
  );
  const loaded = useLoad(`search ${query} ${language}`, () =>
    bridge.search({
      city: wish.city,
      liveStartTime: secondsOf(wish.checkIn),
      liveEndTime: secondsOf(wish.checkOut),
      livePeopleNum: wish.guests,
    }),
  );
  const nights = nightsBetween(wish.checkIn, wish.checkOut);
  return (
    <main className="page">
      <TopBar title={t("searchResults")} />
      <p className="summary">
        {dayText(wish.checkIn, language)} – {dayText(wish.checkOut, language)} ·{" "}
        {t("people", { n: wish.guests })}
        {wish.city && ` · ${language === "en" ? cities.find(({ zh }) => zh === wish.city)?.en : wish.city}`}
      </p>
      <Await loaded={loaded} skeleton={<Skeleton rows={4} />}>
        {(found) =>
          found.length === 0 ? (
            <Empty text={t("searchEmpty")} />
          ) : (
            found.map((homestay) => (
              <ListingCard
                key={homestay.id}
                homestay={homestay}
                total={{
                  yuan: homestay.homestayTotalPrice,
                  nights,
                }}
                heading="h2"
                query={`?in=${wish.checkIn}&out=${wish.checkOut}&guests=${wish.guests}`}
              />
            ))
          )
        }
      </Await>
    </main>
  );
}
