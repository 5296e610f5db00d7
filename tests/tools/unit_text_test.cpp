// Numbers with units: what is taken, what is refused and why, and the way back.
#include "tools/input/unit_text.hpp"
#include "tests/support/catch.hpp"
#include "tools/input/sha256.hpp"
#include "tools/input/spelling.hpp"

using namespace pullsim;
using namespace std::chrono_literals;

TEST_CASE("sizes, rates and times are read exactly") {
  CHECK(read_size("47MiB").value == Bytes{47 * 1048576});
  CHECK(read_size("31MB").value == Bytes{31'000'000});
  CHECK(read_size("2.1 GB").value == Bytes{2'100'000'000});
  CHECK(read_size("0.42GiB").value == Bytes{450'971'566});
  CHECK(read_size("8Gi").value == Bytes{std::int64_t{8} << 30});
  CHECK(read_size("9223372036854775807B").value == Bytes{INT64_MAX});
  CHECK(read_rate("250Mbit/s").value == Bandwidth{31'250'000});
  CHECK(read_rate("10Gbps").value == Bandwidth{1'250'000'000});
  CHECK(read_rate("85MB/s").value == Bandwidth{85'000'000});
  CHECK(read_duration("30s").value == 30s);
  CHECK(read_duration("1m30s").value == 90s);
  CHECK(read_duration("1.5h").value == 90min);
  CHECK(read_duration("250ms").value == 250ms);
  CHECK(read_seconds("8.7ns").value == 8.7e-9);
  CHECK(read_seconds("1m30s").value == 90.0);
  CHECK(read_cpu("500m").value == MilliCpu{500});
  CHECK(read_cpu("0.5").value == MilliCpu{500});
  CHECK(read_memory("512Mi").value == Bytes{std::int64_t{512} << 20});
  CHECK(read_memory("128974848").value == Bytes{128'974'848});
  CHECK(read_percent("25%").value == 25.0);
  CHECK(read_frequency("2000/s").value == 2000.0);
  CHECK(read_frequency("600/m").value == 10.0);
  CHECK(read_number("0.1").value == 0.1);
}

TEST_CASE("numbers in other forms are refused with the reason") {
  struct Case {
    const char* text;
    TextFault::Kind kind;
    const char* label;
  };
  using K = TextFault::Kind;
  const Case cases[] = {
      {"010", K::form, "numbers do not begin with 0"},
      {"0x10", K::form, "hexadecimal, octal and binary are not taken"},
      {"0o17", K::form, "hexadecimal, octal and binary are not taken"},
      {"1e3", K::form, "exponents are not taken"},
      {"+5", K::form, "no plus sign belongs here"},
      {"1_000", K::form, "digits are not grouped"},
      {"1,000", K::form, "digits are not grouped"},
      {".5", K::form, "a digit belongs before the point"},
      {"5.", K::form, "a digit belongs after the point"},
      {"inf", K::form, "not a finite number"},
      {".NaN", K::form, "not a finite number"},
      {"2.5", K::form, "not a whole number"},
      {"1.2.3", K::form, "not a number"},
      {"--1", K::form, "not a number"},
      {"", K::form, "no number"},
      {"9223372036854775808", K::range, "does not fit 64 bits"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const Reading<std::int64_t> read = read_count(c.text);
    CHECK_FALSE(read.value.has_value());
    CHECK(read.fault.kind == c.kind);
    CHECK(read.fault.label == c.label);
  }
  CHECK(read_rate("10").fault.help ==
        "write `10Gbit/s` for bits or `1.25GB/s` for bytes per second");
  CHECK(read_rate("10Gb").fault.label == "`Gb` is not a unit of a rate");
  CHECK(read_size("99999999999TB").fault.label == "does not fit 64 bits");
  CHECK(read_size("-1MB").fault.label == "negative");
  CHECK(read_duration("30s1m").fault.label == "larger units come first");
  CHECK(read_duration("99999999999h").fault.kind == K::range);
  CHECK(read_cpu("0.5m").fault.label == "finer than a thousandth of a core");
  CHECK(read_percent("25").fault.help == "write `25%`");
}

TEST_CASE("values are shown so that they can be read again") {
  CHECK(format_bytes(Bytes{2'100'000'000}) == "2.1 GB");
  CHECK(format_bytes(Bytes{std::int64_t{8} << 30}) == "8 GiB");
  CHECK(format_bytes(Bytes{512}) == "512 B");
  CHECK(format_duration(90s) == "1m30s");
  CHECK(format_duration(20min) == "20m");
  CHECK(format_duration(2ms) == "2 ms");
  CHECK(format_seconds(8.7e-9) == "8.7 ns");
  CHECK(format_rate(Bandwidth{1.25e9}) == "10 Gbit/s");
  CHECK(format_cpu(MilliCpu{500}) == "500m");
  CHECK(read_duration(format_duration(3725s)).value == 3725s);
  CHECK(read_rate(format_rate(Bandwidth{93'750'000})).value == Bandwidth{93'750'000});
}

TEST_CASE("a near name is offered only if there is one best") {
  CHECK(edit_distance("maxSurgee", "maxSurge", 4) == 1);
  CHECK(edit_distance("mian", "main", 4) == 1);
  CHECK(nearest_name("maxSurgee", {"maxSurge", "maxUnavailable"}) == "maxSurge");
  CHECK(nearest_name("az", {"ab", "ac"}).empty());
  CHECK(nearest_name("speed", {"egress", "hosts"}).empty());
  CHECK(spelling_help("replica", {"replicas", "image"}) == "`replicas` is near");
  CHECK(spelling_help("speed", {"egress", "hosts"}) == "this block knows `egress`, `hosts`");
}

TEST_CASE("SHA-256 gives the published values") {  // FIPS 180-4 examples
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
