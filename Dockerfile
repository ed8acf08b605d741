# One file, one target for each container: api, worker, web, wechat-sandbox, migrate, seed.
# docker build --target api .   (docker compose builds them all)
ARG NODE_IMAGE=node:26-bookworm-slim

# ---- everything that npm installs, kept apart from the sources so that a code change does not install again
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/web/package.json apps/web/
COPY apps/wechat-sandbox/package.json apps/wechat-sandbox/
COPY apps/worker/package.json apps/worker/
COPY bench/package.json bench/
COPY packages/contracts/package.json packages/contracts/
COPY packages/core/package.json packages/core/
COPY packages/db/package.json packages/db/
COPY packages/infra/package.json packages/infra/
COPY packages/runtime/package.json packages/runtime/
COPY packages/telemetry/package.json packages/telemetry/
COPY packages/testing/package.json packages/testing/
COPY packages/trpc/package.json packages/trpc/
COPY packages/wechat/package.json packages/wechat/
COPY packages/wechat-sandbox/package.json packages/wechat-sandbox/
COPY tools/package.json tools/

FROM manifests AS build
ENV NEXT_TELEMETRY_DISABLED=1 TURBO_TELEMETRY_DISABLED=1
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN npx turbo run build

# Each server with just the files that it loads.
RUN for app in api worker wechat-sandbox; do node tools/standalone.mjs "$app" "/standalone/$app" || exit 1; done

# ---- api
FROM ${NODE_IMAGE} AS api
ENV NODE_ENV=production API_HOST=0.0.0.0 API_PORT=4000 API_METRICS_PORT=9464
COPY --from=build /standalone/api /app
WORKDIR /app/apps/api
USER 1000
EXPOSE 4000 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:4000/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]

# ---- worker
FROM ${NODE_IMAGE} AS worker
ENV NODE_ENV=production WORKER_METRICS_PORT=9465
COPY --from=build /standalone/worker /app
WORKDIR /app/apps/worker
USER 1000
EXPOSE 9465
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:9465/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]

# ---- web: Next's standalone server brings the modules it needs
FROM ${NODE_IMAGE} AS web
ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=3000 NEXT_TELEMETRY_DISABLED=1
WORKDIR /app
COPY --from=build /app/apps/web/.next/standalone ./
COPY --from=build /app/apps/web/.next/static ./apps/web/.next/static
USER 1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/api/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/web/server.js"]

# ---- wechat-sandbox: development only
FROM ${NODE_IMAGE} AS wechat-sandbox
ENV NODE_ENV=production SANDBOX_HOST=0.0.0.0 SANDBOX_PORT=4300
COPY --from=build /standalone/wechat-sandbox /app
WORKDIR /app/apps/wechat-sandbox
RUN mkdir /state && chown 1000:1000 /state
USER 1000
EXPOSE 4300
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:4300/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]

# ---- migrate and seed: run once, then end
FROM build AS migrate
USER 1000
CMD ["node", "tools/prisma.mjs", "migrate", "deploy"]

FROM build AS seed
USER 1000
CMD ["npx", "tsx", "tools/src/seed.ts"]
