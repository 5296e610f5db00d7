# Everything in one stage, the source before the dependencies: any file that changes installs all of
# them again, and the image keeps the tools that built it.
FROM node:20
WORKDIR /app
COPY . .
RUN npm install
RUN npm run build
CMD ["node", "dist/server.js"]
