// What build steps are for, as a table: lines in the forms of BuildKit, the classic builder,
// buildah, kaniko and the pages of docker-library/repo-info. Those marked R are recorded ones.
#include "tools/contents/step_origin.hpp"
#include "tools/contents/build_step.hpp"

#include "tests/support/catch.hpp"

using namespace pullsim;  // NOLINT: tests read better without the prefix

namespace {

struct Case {
  const char* step;
  Origin origin;
  BuildOnly build_only;
  const char* rule;
  bool lowest = false;
};

constexpr auto kNo = BuildOnly::no;
constexpr auto kMaybe = BuildOnly::maybe;
constexpr auto kYes = BuildOnly::yes;
constexpr const char* kRoot = "root file system";
constexpr const char* kTools = "build tools among the packages";
constexpr const char* kPackages = "packages of the operating system";
constexpr const char* kRemoved = "software made with tools that the same step removes";
constexpr const char* kDependencies = "dependencies";
constexpr const char* kDevelopment = "dependencies, also those of development";
constexpr const char* kBuilt = "the application is built";
constexpr const char* kFiles = "files of the build context or of another stage";
constexpr const char* kFolder = "a folder of dependencies";
constexpr const char* kFetched = "software fetched or built";
constexpr const char* kSettings = "users, folders, settings";

const Case kCases[] = {
    // Root file systems
    {"ADD file:6edc55fb54ec9fc3658c8f5176a70e792103a516154442f94fed8e0290e4960e in /",  // R
     Origin::base_image, kNo, kRoot, true},
    {"/bin/sh -c #(nop) ADD file:093f0723fa46f6cdbd6f7bd146448bb70ecce54254c35701 in / ",
     Origin::base_image, kNo, kRoot, true},
    {"# debian.sh --arch 'amd64' out/ 'bookworm' '@1758153600'", Origin::base_image, kNo, kRoot,
     true},
    {"ADD alpine-minirootfs-3.19.1-x86_64.tar.gz / # buildkit", Origin::base_image, kNo, kRoot,
     true},
    {"RUN debian bookworm rootfs (debuerreotype 20260918)", Origin::base_image, kNo, kRoot,  // R
     true},
    {"apko", Origin::base_image, kNo, kRoot, true},
    {"ADD site.tar.gz /", Origin::application, kNo, kFiles},
    // Packages of the operating system
    {"RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl wget "
     "&& rm -rf /var/lib/apt/lists/*",  // R
     Origin::other, kNo, kPackages},
    {"RUN apt-get update && apt-get install -y --no-install-recommends bzr git mercurial "
     "openssh-client subversion procps && rm -rf /var/lib/apt/lists/*",  // R
     Origin::build_tools, kYes, kTools},
    {"RUN set -ex; apt-get update; apt-get install -y --no-install-recommends autoconf automake "
     "bzip2 dpkg-dev file g++ gcc imagemagick libbz2-dev libc6-dev libmagickcore-d...",  // R
     Origin::build_tools, kYes, kTools},
    {"RUN /bin/sh -c apk add --no-cache tini 'su-exec>=0.2' # buildkit", Origin::other, kNo,
     kPackages},
    {"/bin/sh -c apk add --no-cache python3 make g++", Origin::build_tools, kYes, kTools},
    {"RUN dnf -y install gcc-c++ openssl-devel && dnf clean all", Origin::build_tools, kYes,
     kTools},
    {"RUN microdnf install -y java-17-openjdk-headless", Origin::other, kNo, kPackages},
    {"RUN microdnf install -y java-17-openjdk-devel", Origin::build_tools, kYes, kTools},
    {"RUN apk add --no-cache openjdk17", Origin::build_tools, kYes, kTools},
    {"RUN apt-get install -y openjdk-17-jdk-headless", Origin::build_tools, kYes, kTools},
    {"RUN set -x && apk add --no-cache openjdk8-jre=\"$JAVA_ALPINE_VERSION\" && [ \"$JAVA_HOME\" = "
     "\"$(docker-java-home)\" ]",  // R
     Origin::other, kNo, kPackages},
    {"RUN yum -y install make && make -C /src && yum -y remove make", Origin::other, kNo, kRemoved},
    {"RUN set -ex; apk add --no-cache --virtual .build-deps coreutils gcc linux-headers make "
     "musl-dev ; wget -O redis.tar.gz \"$REDIS_DOWNLOAD_URL\"; make; apk del .build-deps",
     Origin::other, kNo, kRemoved},
    {"RUN set -ex; apk add --no-cache --virtual .build-deps coreutils gcc linux-headers make "
     "musl-dev ; wget -O redis.tar.gz \"$REDIS_DOWNLOAD_URL\"; rm redis....",  // R, cut
     Origin::unknown, kNo, ""},
    // Dependencies
    {"RUN /bin/sh -c npm ci --omit=dev # buildkit", Origin::dependencies, kNo, kDependencies},
    {"RUN /bin/sh -c npm ci # buildkit", Origin::dependencies, kMaybe, kDevelopment},
    {"/bin/sh -c npm install --production", Origin::dependencies, kNo, kDependencies},
    {"RUN npm install (development dependencies and the npm cache stay)", Origin::dependencies,
     kMaybe, kDevelopment},
    {"|1 NODE_ENV=production /bin/sh -c npm ci && npm cache clean --force", Origin::dependencies,
     kMaybe, kDevelopment},
    {"RUN |1 TOKEN=x /bin/sh -c NODE_ENV=production npm ci # buildkit", Origin::dependencies, kNo,
     kDependencies},
    {"RUN /bin/sh -c npm ci && npm run build && npm prune --omit=dev # buildkit",
     Origin::dependencies, kNo, kDependencies},
    {"RUN yarn --frozen-lockfile", Origin::dependencies, kMaybe, kDevelopment},
    {"RUN corepack enable && pnpm install --prod --frozen-lockfile", Origin::dependencies, kNo,
     kDependencies},
    {"RUN --mount=type=cache,target=/root/.cache /bin/sh -c pip install -r requirements.txt",
     Origin::dependencies, kNo, kDependencies},
    {"/bin/sh -c python3 -m pip install --no-cache-dir flask", Origin::dependencies, kNo,
     kDependencies},
    {"RUN apt-get update && apt-get install -y gcc && pip install uwsgi", Origin::dependencies,
     kMaybe, "dependencies and build tools in one step"},
    {"RUN apk add --virtual .tools gcc && pip install uwsgi && apk del .tools",
     Origin::dependencies, kNo, kDependencies},
    {"RUN mvn -B dependency:go-offline", Origin::dependencies, kNo, kDependencies},
    {"RUN go mod download", Origin::dependencies, kNo, kDependencies},
    {"RUN bundle install --jobs 4", Origin::dependencies, kNo, kDependencies},
    {"RUN composer install --no-dev --optimize-autoloader", Origin::dependencies, kNo,
     kDependencies},
    {"RUN dotnet restore", Origin::dependencies, kNo, kDependencies},
    {"COPY --from=build /app/node_modules ./node_modules # buildkit", Origin::dependencies, kNo,
     kFolder},
    {"COPY /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages",
     Origin::dependencies, kNo, kFolder},
    // The application
    {"RUN /bin/sh -c npm run build # buildkit", Origin::application, kNo, kBuilt},
    {"RUN ./mvnw -B -DskipTests package", Origin::application, kNo, kBuilt},
    {"RUN CGO_ENABLED=0 go build -o /server ./cmd/server", Origin::application, kNo, kBuilt},
    {"RUN dotnet publish -c Release -o /out", Origin::application, kNo, kBuilt},
    {"COPY . . # buildkit", Origin::application, kNo, kFiles},
    {"COPY --chown=node:node dist dist", Origin::application, kNo, kFiles},
    {"COPY file:fb726a12bbbf8ff54c8d9fceef4fa3018c11a435bfa04ee5f73156c544907861 in "
     "/usr/local/bin/mvn-entrypoint.sh",  // R
     Origin::application, kNo, kFiles},
    {"/bin/sh -c #(nop) COPY dir:0a1b2c in /srv ", Origin::application, kNo, kFiles},
    // Other
    {"RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash "
     "--create-home node",  // R
     Origin::other, kNo, kSettings},
    {"RUN ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr "
     "/var/log/nginx/error.log",  // R
     Origin::other, kNo, kSettings},
    {"RUN rm -rf /var/lib/apt/lists/*", Origin::other, kNo, kSettings},  // R
    {"WORKDIR /app", Origin::other, kNo, "settings"},
    {"RUN install node 18.13.0", Origin::other, kNo, kFetched},                // R
    {"RUN adduser node, install node 20.12.2", Origin::other, kNo, kFetched},  // R
    {"RUN install jdk-17.0.6+10", Origin::build_tools, kYes,                   // R
     "a compiler or build system"},
    {"RUN install go 1.19.5", Origin::build_tools, kYes, "a compiler or build system"},  // R
    {"RUN curl -fsSL https://example.com/tool.tar.gz | tar -xz -C /usr/local", Origin::other, kNo,
     kFetched},
    {"RUN npm install -g pm2", Origin::other, kNo, kFetched},
    // Nothing is guessed
    {"", Origin::unknown, kNo, ""},
    {"bazel build @@//server:image", Origin::unknown, kNo, ""},
    {"RUN ./setup.sh", Origin::unknown, kNo, ""},
    {"RUN set -xe && echo '#!/bin/sh' > /usr/sbin/policy-rc.d && echo 'exit 101' >> /usr/sbin/"
     "policy-rc.d && echo 'force-unsafe-...",  // R, cut
     Origin::unknown, kNo, ""},
};

}  // namespace

TEST_CASE("Each build step is told by the first rule that matches, or not at all") {
  for (const Case& each : kCases) {
    INFO(each.step);
    const StepOrigin found = origin_of_step(each.step, each.lowest);
    CHECK(origin_name(found.origin) == origin_name(each.origin));
    CHECK(found.rule == each.rule);
    CHECK(found.build_only == each.build_only);
  }
}

TEST_CASE("A shell line is split into commands, quotes and redirections do not end one") {
  const BuildLine line = read_build_line(
      "RUN /bin/sh -c A=1 /usr/bin/apk add 'a && b' 2>&1 | tee log; if true; then npm ci; fi");
  REQUIRE(line.commands.size() == 5);
  CHECK(line.commands[0] == ShellCommand{"apk", "add", "a && b", "2>&1"});
  CHECK(line.commands[1] == ShellCommand{"tee", "log"});
  CHECK(line.commands[2] == ShellCommand{"true"});
  CHECK(line.commands[3] == ShellCommand{"npm", "ci"});
  CHECK(line.commands[4] == ShellCommand{"fi"});
}

TEST_CASE("Users and commands of a history are seen in every builder's form") {
  CHECK(user_of_step("USER node") == "node");
  CHECK(user_of_step("/bin/sh -c #(nop)  USER 1001:0") == "1001:0");
  CHECK(user_of_step("/bin/sh -c #(nop)  USER [www-data]") == "www-data");
  CHECK(user_of_step("RUN useradd USER") == "");
  CHECK(user_of_step("USER") == "");
  CHECK(is_command_step("CMD [\"node\"]"));
  CHECK(is_command_step("/bin/sh -c #(nop)  CMD [\"bash\"]"));
  CHECK_FALSE(is_command_step("RUN echo CMD"));
}
