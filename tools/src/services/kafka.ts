import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PlainError } from "../plain-error";
import { ask, freePort } from "../ports";
import { type Child, lastLines, startChild } from "../processes";
import { aptInstall, attempt, hasDocker, which } from "./commands";

/** What only a durable broker can show (a broker killed and restarted) is not run against the mock. */
type KafkaKind = "real" | "mock";

export interface KafkaServer {
  brokers: string;
  kind: KafkaKind;
  /** How it was found, for the run's summary. */
  from: string;
  stop(): Promise<void>;
}

export interface KafkaOptions {
  /** Empty folder for its data and log. */
  dir: string;
  /** Where the list of fetched jars is kept between runs. */
  cacheDir: string;
  say: (line: string) => void;
  /** Told of the broker's process at once, so that a later run can find it should this one be killed. */
  onStart: (child: Child) => void;
}

const KAFKA_VERSION = "3.9.1";

/**
 * A broker for the tests. Order: KAFKA_BROKERS, Apache Kafka's own jars where Java and Maven are there
 * and answer, Docker, the mock cluster of kcat (installed by apt as root).
 * @throws PlainError when none can be had
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const given = process.env.KAFKA_BROKERS;
  if (given) return { brokers: given, kind: givenKind(), from: "KAFKA_BROKERS", stop: async () => undefined };
  mkdirSync(options.dir, { recursive: true });
  const server = (await startJars(options)) ?? (await startContainer(options)) ?? (await startMock(options));
  if (server) return server;
  throw new PlainError(
    "No Kafka broker could be started for the tests: install Java 17 with Maven, or kcat, or start Docker, or set KAFKA_BROKERS.",
  );
}

function givenKind(): KafkaKind {
  return process.env.KAFKA_KIND === "mock" ? "mock" : "real";
}

/** The class path of the broker, fetched by Maven once; null where Java or Maven is missing or does not answer. */
async function fetchJars({ cacheDir, say }: KafkaOptions): Promise<string | null> {
  if (!which("java") || !which("mvn")) return null;
  const cache = join(cacheDir, `kafka-${KAFKA_VERSION}.classpath`);
  const cached = existsSync(cache) ? readFileSync(cache, "utf8").trim() : "";
  if (cached !== "" && cached.split(delimiter).every((jar) => existsSync(jar))) return cached;
  say(`fetching Apache Kafka ${KAFKA_VERSION} with Maven`);
  mkdirSync(cacheDir, { recursive: true });
  const pom = join(cacheDir, "kafka-pom.xml");
  writeFileSync(pom, POM);
  const args = ["-q", "-B", "-f", pom, "dependency:build-classpath", `-Dmdep.outputFile=${cache}`];
  if ((await attempt("mvn", args, 300_000)) === null || !existsSync(cache)) return null;
  return readFileSync(cache, "utf8").trim();
}

// Without slf4j-simple the broker has no log at all.
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>looklook</groupId>
  <artifactId>test-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

async function startJars(options: KafkaOptions): Promise<KafkaServer | null> {
  const classPath = await fetchJars(options);
  if (!classPath) return null;
  const port = await freePort();
  const properties = join(options.dir, "server.properties");
  writeFileSync(properties, brokerProperties(port, await freePort(), join(options.dir, "data")));
  const format = ["-cp", classPath, "kafka.tools.StorageTool", "format", "--ignore-formatted"];
  if ((await attempt("java", [...format, "-t", clusterId(), "-c", properties], 60_000)) === null) {
    options.say("Kafka's jars are there, but its storage could not be prepared (Java 17 is needed)");
    return null;
  }
  const logFile = join(options.dir, "kafka.log");
  const memory = ["-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  const child = await startChild({
    name: "kafka",
    command: "java",
    args: [
      ...memory,
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
      "-cp",
      classPath,
      "kafka.Kafka",
      properties,
    ],
    env: process.env,
    logFile,
  });
  options.onStart(child);
  if (!(await answersMetadata(port, 60_000, child))) {
    options.say(`Kafka does not answer. Its last lines:\n${lastLines(logFile, 10)}`);
    await child.stop(0);
    return null;
  }
  return {
    brokers: `127.0.0.1:${port}`,
    kind: "real",
    from: `Apache Kafka ${KAFKA_VERSION} from Maven`,
    stop: () => child.stop(8_000),
  };
}

/** 16 random bytes as Kafka writes them; one that begins with "-" would be read as an option. */
function clusterId(): string {
  const id = randomBytes(16).toString("base64url");
  return id.startsWith("-") ? clusterId() : id;
}

function brokerProperties(port: number, controllerPort: number, dataDir: string): string {
  const properties = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": dataDir,
    "num.partitions": 4,
    "auto.create.topics.enable": true,
    // One broker cannot hold three copies of the internal topics, which is the default.
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
  };
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
  return lines.join("");
}

async function startContainer({ say }: KafkaOptions): Promise<KafkaServer | null> {
  if (!(await hasDocker())) return null;
  const port = await freePort();
  const image = `apache/kafka:${KAFKA_VERSION}`;
  say(`starting ${image} with Docker`);
  const settings = {
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_NODE_ID: 1,
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
    KAFKA_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093",
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_NUM_PARTITIONS: 4,
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1,
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: 0,
  };
  const env = Object.entries(settings).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
  const id = await attempt(
    "docker",
    ["run", "-d", "--rm", "-p", `127.0.0.1:${port}:9092`, ...env, image],
    300_000,
  );
  if (!id) return null;
  const stop = async () => void (await attempt("docker", ["rm", "-f", id.trim()], 20_000));
  if (!(await answersMetadata(port, 60_000))) {
    await stop();
    return null;
  }
  return { brokers: `127.0.0.1:${port}`, kind: "real", from: image, stop };
}

async function startMock({ dir, say, onStart }: KafkaOptions): Promise<KafkaServer | null> {
  const find = () => which("kcat") ?? which("kafkacat");
  const kcat = find() ?? ((await aptInstall(["kcat"], say)) ? find() : null);
  if (!kcat) return null;
  const logFile = join(dir, "kcat-mock.log");
  const child = await startChild({
    name: "kafka mock",
    command: kcat,
    // It consumes a topic of its own for ever, which keeps the mock cluster inside it alive.
    args: ["-b", "x:1", "-X", "test.mock.num.brokers=3", "-C", "-t", "keepalive", "-d", "mock"],
    env: process.env,
    logFile,
  });
  onStart(child);
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline && !child.hasExited()) {
    const brokers = /bootstrap\.servers=(\S+?)[\s"']*$/m.exec(readFileSync(logFile, "utf8"))?.[1];
    if (brokers) return { brokers, kind: "mock", from: "kcat's mock cluster", stop: () => child.stop(3_000) };
    await sleep(50);
  }
  await child.stop(0);
  say(`kcat's mock cluster does not start. Its last lines:\n${lastLines(logFile, 5)}`);
  return null;
}

/** Waits until the broker answers an ApiVersions request, which it does only once it serves clients. */
async function answersMetadata(port: number, timeoutMs: number, child?: Child): Promise<boolean> {
  // Length 10, ApiVersions (18) version 0, correlation id 1, empty client id.
  const request = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0, 0]).toString("latin1");
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && !child?.hasExited()) {
    if (await ask(port, request, 2_000)) return true;
    await sleep(100);
  }
  return false;
}
