# syntax=docker/dockerfile:1
# Dependencies first, and a second stage that has only what runs: `npm run build` bundles what the
# application needs into dist.
FROM node:20-alpine AS builder
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM alpine:3.20
RUN apk add --no-cache nodejs && adduser -D app
WORKDIR /app
COPY --from=builder /app/dist ./dist
USER app
CMD ["node", "dist/server.js"]
