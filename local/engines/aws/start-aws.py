"""Starts ministack with fixes for its release 1.5.33 that a deployment of this project needs.

Its CloudFormation silently drops properties of mappings, functions and buckets, does not import a bucket as announced, and
allows a second policy for a bucket. Its IAM confuses a role's session with the role, and its Lambda loses log lines. Each
function below fixes one of these by patching internals: review all of them before an upgrade.
"""

from contextvars import ContextVar
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack import app
from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import iam, lambda_svc, s3
from ministack.services.cloudformation import changesets, provisioners, stacks

HANDLERS = provisioners._RESOURCE_HANDLERS


def after_each_change(resource_type, keep):
    """Calls `keep(physical_id, properties)` when CloudFormation has created or updated a resource of that type."""
    handler = HANDLERS[resource_type]
    create, update = handler["create"], handler["update"]

    def create_and_keep(logical_id, properties, *rest, **named):
        result = create(logical_id, properties, *rest, **named)
        keep(result[0], properties)
        return result

    def update_and_keep(physical_id, old, properties, *rest, **named):
        result = update(physical_id, old, properties, *rest, **named)
        keep(result[0], properties)
        return result

    handler["create"], handler["update"] = create_and_keep, update_and_keep


def keep_mapping_properties():
    """Stores all CloudFormation properties of a Kafka mapping, and removes properties that the template no longer has.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
    """
    kept = (
        "AmazonManagedKafkaEventSourceConfig",
        "BisectBatchOnFunctionError",
        "DestinationConfig",
        "FilterCriteria",
        "FunctionResponseTypes",
        "KmsKeyArn",
        "LoggingConfig",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "MetricsConfig",
        "ProvisionedPollerConfig",
        "SourceAccessConfigurations",
        "StartingPositionTimestamp",
        "Topics",
    )

    def keep(mapping_id, properties):
        mapping = lambda_svc._esms[mapping_id]
        for name in kept:
            if properties.get(name) is None:
                mapping.pop(name, None)
            else:
                mapping[name] = typed(name, properties[name])
        for name in ("BatchSize", "MaximumBatchingWindowInSeconds"):
            mapping[name] = typed(name, mapping[name])
        mapping["Enabled"] = typed("Enabled", properties.get("Enabled", True))
        mapping["State"] = "Enabled" if mapping["Enabled"] else "Disabled"
        mapping["Tags"] = tag_map(properties)

    after_each_change("AWS::Lambda::EventSourceMapping", keep)
    provisioners._STACK_TAG_PROPERTY["AWS::Lambda::EventSourceMapping"] = ("Tags", "list")


def keep_function_properties():
    """Stores a function's VPC and its reserved concurrency."""

    def keep(name, properties):
        function = lambda_svc._functions[name]
        function["config"]["VpcConfig"] = lambda_svc._vpc_config_with_id(properties.get("VpcConfig"))
        reserved = properties.get("ReservedConcurrentExecutions")
        function["concurrency"] = None if reserved is None else int(reserved)

    after_each_change("AWS::Lambda::Function", keep)


def tag_map(properties):
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}


NUMBERS = frozenset({
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "MaximumPollers",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MinimumPollers",
    "StartingPositionTimestamp",
})


def typed(name, value):
    """CloudFormation passes numbers and booleans as text; Lambda answers with numbers and booleans."""
    if isinstance(value, dict):
        return {key: typed(key, inner) for key, inner in value.items()}
    if name in NUMBERS:
        return int(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def keep_bucket_properties():
    """Stores encryption, lifecycle, ownership and tags of a bucket."""
    provisioners._S3_BUCKET_CONFIGURATIONS += (
        ("BucketEncryption", encryption, s3._put_bucket_encryption, s3._delete_bucket_encryption),
        ("LifecycleConfiguration", lifecycle, s3._put_bucket_lifecycle, s3._delete_bucket_lifecycle),
        ("OwnershipControls", ownership, s3._put_bucket_ownership_controls, s3._delete_bucket_ownership_controls),
    )

    def keep_tags(name, properties):
        s3._bucket_tags[name] = tag_map(properties)

    after_each_change("AWS::S3::Bucket", keep_tags)
    provisioners._STACK_TAG_PROPERTY["AWS::S3::Bucket"] = ("Tags", "list")


def encryption(properties):
    return xml("ServerSideEncryptionConfiguration", {
        "Rule": [
            {("Apply" + name if name == "ServerSideEncryptionByDefault" else name): value for name, value in rule.items()}
            for rule in properties["ServerSideEncryptionConfiguration"]
        ],
    })


def lifecycle(properties):
    def rule(own):
        rest = {name: value for name, value in own.items() if name not in ("Id", "ExpirationInDays", "Prefix")}
        expiration = {"Expiration": {"Days": own["ExpirationInDays"]}} if "ExpirationInDays" in own else {}
        return {"ID": own.get("Id", ""), "Filter": {"Prefix": own.get("Prefix", "")}, **expiration, **rest}

    return xml("LifecycleConfiguration", {"Rule": [rule(own) for own in properties["Rules"]]})


def ownership(properties):
    return xml("OwnershipControls", {"Rule": properties["Rules"]})


def xml(name, tree):
    def fill(parent, branch):
        for tag, value in branch.items():
            for each in value if isinstance(value, list) else [value]:
                child = SubElement(parent, tag)
                if isinstance(each, dict):
                    fill(child, each)
                else:
                    child.text = str(each).lower() if isinstance(each, bool) else str(each)
        return parent

    return tostring(fill(Element(name, xmlns=s3.S3_NS), tree))


def import_existing_buckets():
    """With ImportExistingResources, an imported resource is not a name conflict.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    """
    importing = ContextVar("importing", default=frozenset())
    deploy, find_errors = changesets._deploy_stack_async, stacks._validation_errors

    async def deploy_knowing_imports(*args, imports=None, **named):
        importing.set(frozenset(imports or ()))
        return await deploy(*args, imports=imports, **named)

    def errors_of_others(*args, **named):
        return [
            error
            for error in find_errors(*args, **named)
            if not (error[2] == "NAME_CONFLICT_VALIDATION" and error[0] in importing.get())
        ]

    changesets._deploy_stack_async, stacks._validation_errors = deploy_knowing_imports, errors_of_others


def refuse_a_second_bucket_policy():
    """A bucket has one policy: a template with another policy fails, unless the change set imports the existing one.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1068
    """
    handler = HANDLERS["AWS::S3::BucketPolicy"]
    create = handler["create"]

    def create_only(logical_id, properties, stack):
        bucket = properties.get("Bucket", "")
        if bucket in s3._bucket_policies:
            raise ValueError(f"The bucket policy already exists on bucket {bucket}.")
        return create(logical_id, properties, stack)

    def problem(bucket):
        return None if bucket in s3._bucket_policies else f"Bucket policy of {bucket} was not found."

    handler["create"] = create_only
    handler["import"] = lambda identifier: (f"{identifier['Bucket']}-policy", {})
    changesets._IMPORT_LOOKUPS["AWS::S3::BucketPolicy"] = (("Bucket",), problem)


def give_sessions_their_role():
    """Makes aws:PrincipalArn of a role's session the role's ARN; ministack uses the session's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    resolve = iam_evaluator._resolve_condition_key

    def resolve_to_role(key, context):
        if key.lower() == "aws:principalarn" and ":assumed-role/" in context.principal_arn:
            account = context.principal_arn.split(":")[4]
            name = iam_evaluator._role_name_from_assumed_arn(context.principal_arn)
            role = iam._roles.get_scoped(account, None, name)
            if role is not None:
                return role["Arn"]
        return resolve(key, context)

    iam_evaluator._resolve_condition_key = resolve_to_role


def wait_for_the_last_log_line():
    """ministack stops reading a function's log after 5 ms of silence, so a busy machine loses the last lines."""
    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_patiently(worker, *_waits, **_named_waits):
        return drain(worker, first_line_wait=0.2, idle_confirm=0.1, hard_cap=5)

    lambda_runtime.Worker._drain_stderr_bounded = drain_patiently


def listen_on_one_port():
    """Keeps ministack from also listening on port 443 with TLS."""
    if not callable(app._port_is_bindable):
        raise TypeError("app._port_is_bindable is not a function")
    app._port_is_bindable = lambda host, port: False


keep_mapping_properties()
keep_function_properties()
keep_bucket_properties()
import_existing_buckets()
refuse_a_second_bucket_policy()
give_sessions_their_role()
wait_for_the_last_log_line()
listen_on_one_port()
app.main()
