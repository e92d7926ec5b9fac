# #region image
# Digests here are examples; a bot moves the real ones.
FROM node:26-slim@sha256:5e3bd6df1a7d7d6d1c2f6c0f6c8a2b2f0f9d1c3b5a79e8d7c6b5a49382716050 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:26-slim@sha256:5e3bd6df1a7d7d6d1c2f6c0f6c8a2b2f0f9d1c3b5a79e8d7c6b5a49382716050
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER 1000
EXPOSE 8080
CMD ["node", "dist/server.js"]
# #endregion image
