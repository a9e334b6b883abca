use registrette::layer::Rule;

/// A rule, and what is told of it.
const MISTAKES: [(&str, &str); 41] = [
    (
        r#"{"do":[{"verb":"trunkate","at":1}]}"#,
        "do[0].verb: no verb \"trunkate\"; did you mean \"truncate\"?",
    ),
    ("", "it is not JSON: EOF"),
    ("7", "expected an object, got 7"),
    ("{}", "fault rule: \"do\" is missing"),
    (r#"{"do":[]}"#, "do: expected at least one verb, got none"),
    (r#"{"do":"hang"}"#, "do: expected an array, got \"hang\""),
    (r#"{"dо":[]}"#, "dо: there is no such member"),
    (
        r#"{"mach":{},"do":[{"verb":"hang"}]}"#,
        "mach: there is no such member; did you mean \"match\"?",
    ),
    (r#"{"do":[{}]}"#, "do[0]: \"verb\" is missing"),
    (r#"{"do":[7]}"#, "do[0]: expected an object, got 7"),
    (
        r#"{"do":[{"verb":7}]}"#,
        "do[0].verb: expected a string, got 7",
    ),
    (
        r#"{"do":[{"verb":"hang"},{"verb":"trunkate"}]}"#,
        "do[1].verb: no verb \"trunkate\"; did you mean \"truncate\"?",
    ),
    (
        r#"{"do":[{"verb":"explode"}]}"#,
        "there are status, redirect, delay",
    ),
    (
        r#"{"do":[{"verb":"hang","at":1}]}"#,
        "do[0].at: there is no such member; there are verb",
    ),
    (
        r#"{"do":[{"verb":"truncate"}]}"#,
        "do[0]: \"at\" is missing",
    ),
    (
        r#"{"do":[{"verb":"truncate","at":-1}]}"#,
        "do[0].at: expected a whole number from 0 upwards, got -1",
    ),
    (r#"{"do":[{"verb":"truncate","at":1.5}]}"#, "got 1.5"),
    (r#"{"do":[{"verb":"stall","at":"1"}]}"#, "got \"1\""),
    (
        r#"{"do":[{"verb":"throttle","bytesPerSecond":0}]}"#,
        "bytesPerSecond: expected a number from 1 upwards, got 0",
    ),
    (r#"{"do":[{"verb":"delay"}]}"#, "do[0]: \"time\" is missing"),
    (
        r#"{"do":[{"verb":"delay","time":-5}]}"#,
        "time: expected milliseconds, or a duration like \"1.5s\", got -5",
    ),
    (
        r#"{"do":[{"verb":"delay","time":"-5s"}]}"#,
        "it is negative",
    ),
    (
        r#"{"do":[{"verb":"delay","time":"5 s"}]}"#,
        "a unit is missing",
    ),
    (
        r#"{"do":[{"verb":"delay","time":"1s","at":"heads"}]}"#,
        "did you mean \"head\"?",
    ),
    (
        r#"{"do":[{"verb":"status"}]}"#,
        "do[0]: \"status\" is missing",
    ),
    (
        r#"{"do":[{"verb":"status","status":42}]}"#,
        "status: expected 200 to 599, got 42",
    ),
    (
        r#"{"do":[{"verb":"status","status":503,"headers":{"a b":"c"}}]}"#,
        "headers[\"a b\"]: no header can have that name",
    ),
    (
        r#"{"do":[{"verb":"status","status":503,"headers":{"a":"\n"}}]}"#,
        "headers[\"a\"]: no header can have that value",
    ),
    (
        r#"{"do":[{"verb":"header","drop":"etag"}]}"#,
        "drop: expected an array, got \"etag\"",
    ),
    (
        r#"{"do":[{"verb":"redirect","status":400}]}"#,
        "expected 301 to 308, got 400",
    ),
    (
        r#"{"do":[{"verb":"redirect","host":"a b"}]}"#,
        "write it like localhost:5000",
    ),
    (
        r#"{"do":[{"verb":"redirect","authorization":"refused"}]}"#,
        "did you mean \"refuse\"?",
    ),
    (
        r#"{"match":{"operation":"blob.gett"},"do":[{"verb":"hang"}]}"#,
        "match.operation: no operation \"blob.gett\"; did you mean \"blob.get\"?",
    ),
    (
        r#"{"match":{"operation":["blob.get",7]},"do":[{"verb":"hang"}]}"#,
        "match.operation[1]: expected a string, got 7",
    ),
    (
        r#"{"match":{"role":"layers"},"do":[{"verb":"hang"}]}"#,
        "did you mean \"layer\"?",
    ),
    (
        r#"{"match":{"range":[5,5]},"do":[{"verb":"hang"}]}"#,
        "match.range: it ends before it begins, so nothing would ever match",
    ),
    (
        r#"{"match":{"range":[5]},"do":[{"verb":"hang"}]}"#,
        "two numbers",
    ),
    (
        r#"{"match":{"method":"PUT","operation":"blob.get"},"do":[{"verb":"hang"}]}"#,
        "match.method: blob.get is never asked for by PUT, so nothing would ever match",
    ),
    (
        r#"{"when":{"nth":0},"do":[{"verb":"hang"}]}"#,
        "when.nth: expected a number from 1 upwards, got 0",
    ),
    (
        r#"{"when":{"probability":2},"do":[{"verb":"hang"}]}"#,
        "when.probability: expected a number from 0 to 1, got 2",
    ),
    (
        r#"{"when":{"first":2,"after":2},"do":[{"verb":"hang"}]}"#,
        "when: no request is among the first 2 and after 2, so it would never happen",
    ),
];

#[test]
fn each_is_told_with_its_place() {
    for (rule, told) in MISTAKES {
        let fault = Rule::parse(rule).expect_err(rule).to_string();
        assert!(fault.starts_with("fault rule: "), "{rule}: {fault}");
        assert!(
            fault.contains(told),
            "{rule}\n  wanted {told}\n  told   {fault}"
        );
    }
}

#[test]
fn a_list_with_one_mistake_is_no_list() {
    let list = r#"[{"do":[{"verb":"hang"}]},{"do":[{"verb":"hung"}]}]"#;
    let fault = Rule::parse_all(list).unwrap_err().to_string();
    assert!(
        fault.contains("[1].do[0].verb: no verb \"hung\"; did you mean \"hang\"?"),
        "{fault}"
    );
    assert_eq!(
        Rule::parse_all(r#"{"do":[{"verb":"hang"}]}"#)
            .unwrap()
            .len(),
        1
    );
    assert_eq!(Rule::parse_all("[]").unwrap().len(), 0);
}

#[test]
fn a_rule_is_printed_as_it_is_read() {
    for text in [
        r#"{"do":[{"verb":"hang"},{"verb":"reset"},{"at":0,"verb":"reset"}]}"#,
        r#"{"do":[{"at":1,"verb":"truncate"},{"at":2,"verb":"stall"},{"at":3,"verb":"corrupt"},{"bytesPerSecond":9,"verb":"throttle"}]}"#,
        r#"{"do":[{"code":"A","headers":{"retry-after":"1"},"message":"b","status":503,"verb":"status"},{"status":404,"verb":"status"}]}"#,
        r#"{"do":[{"authorization":"ignore","host":"localhost:5000","status":307,"verb":"redirect"}]}"#,
        r#"{"do":[{"at":"chunks","time":1500,"verb":"delay"},{"at":"end","time":"1500ns","verb":"delay"}]}"#,
        r#"{"do":[{"drop":["etag"],"set":{"a":"b"},"verb":"header"}]}"#,
        r#"{"do":[{"verb":"hang"}],"match":{"client":"a*","mediaType":"b/*","method":"GET","operation":"blob.get","range":[0,9],"reference":"v*","repository":"a/**","role":"config","session":"s"},"when":{"after":1,"every":2,"first":9,"nth":4,"probability":0.5,"windowMs":[0,100]}}"#,
        r#"{"do":[{"verb":"hang"}],"match":{"operation":["blob.*","ping"]}}"#,
    ] {
        let rule = Rule::parse(text).unwrap();
        assert_eq!(rule.to_json().to_string(), text);
    }
}
