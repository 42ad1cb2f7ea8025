"""Runs commands of the AWS CLI without starting Python for each: the modules are imported once, the models of a service are read
once, and each command is a fork.

Input: one JSON line for each command, {"id", "args", "env", "dry"}. Output: one JSON line when a command has ended, {"id", "code",
"stdout", "stderr"}. A dry command is parsed and its parameters are validated, but nothing is sent. Ends with its input.
"""

import json
import os
import selectors
import sys

import awscli.clidriver

# What a first command imports: the plugins, the parsers of arguments, the clients.
awscli.clidriver.create_clidriver()
import awscli.argparser  # noqa: E402,F401
import botocore.endpoint  # noqa: E402,F401
import botocore.exceptions  # noqa: E402
import botocore.loaders  # noqa: E402
import botocore.parsers  # noqa: E402,F401
import botocore.waiter  # noqa: E402,F401
import s3transfer  # noqa: E402,F401

# What awscli said at its import: where its data lies.
OWN = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}

# Every loader of models begins with what this process has read: a fork takes it along. Half of a command's time was reading.
models = {}
begin_empty = botocore.loaders.Loader.__init__


def begin_with_models(loader, *args, **kwargs):
    begin_empty(loader, *args, **kwargs)
    loader._cache = models


botocore.loaders.Loader.__init__ = begin_with_models

#: The service of a command, where its name is another.
SERVICES = {"s3api": "s3"}
read_services = set()

selector = selectors.DefaultSelector()
commands = {}  # by process id


class EmptyAnswer:
    """What botocore takes in place of a response: https://github.com/boto/botocore/blob/develop/botocore/client.py"""

    status_code = 200
    headers = {}


def read_models(command):
    """What a command of this service reads before it sends anything."""
    name = next((word for word in command["args"] if not word.startswith("-")), "")
    service = SERVICES.get(name, name)
    if service in read_services:
        return
    read_services.add(service)
    session = awscli.clidriver.create_clidriver().session
    loader = session.get_component("data_loader")
    loader.load_data("cli")
    for kind in ("service-2", "waiters-2", "paginators-1"):
        try:
            loader.load_service_model(service, kind)
        except botocore.exceptions.DataNotFoundError:
            pass  # a service without waiters, or a command of the CLI's own
    try:
        session.create_client(service, region_name="eu-west-1")
    except botocore.exceptions.UnknownServiceError:
        pass


def start(command):
    read_models(command)
    readers = {}
    writers = []
    for name in ("stdout", "stderr"):
        reader, writer = os.pipe()
        readers[name] = reader
        writers.append(writer)
    pid = os.fork()
    if pid == 0:
        run(command, writers)
    for writer in writers:
        os.close(writer)
    commands[pid] = {"id": command["id"], "stdout": b"", "stderr": b"", "open": 2}
    for name, reader in readers.items():
        selector.register(reader, selectors.EVENT_READ, (pid, name))


def run(command, writers):
    """The forked process: never returns."""
    code = 255
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(writers[0], 1)
        os.dup2(writers[1], 2)
        os.environ.clear()
        os.environ.update({**command["env"], **OWN})
        driver = awscli.clidriver.create_clidriver()
        if command["dry"]:
            driver.session.register("before-call", lambda **_: (EmptyAnswer(), {}))
        code = driver.main(command["args"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        print(repr(error), file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def receive(reader, pid, name):
    data = os.read(reader, 65536)
    command = commands[pid]
    if data:
        command[name] += data
        return
    selector.unregister(reader)
    os.close(reader)
    command["open"] -= 1
    if command["open"] == 0:
        answer(pid, commands.pop(pid))


def answer(pid, command):
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    line = {"id": command["id"], "code": code, **{name: command[name].decode() for name in ("stdout", "stderr")}}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def serve():
    selector.register(0, selectors.EVENT_READ)
    buffered = b""
    while True:
        for key, _ in selector.select():
            if key.fd != 0:
                receive(key.fd, *key.data)
                continue
            data = os.read(0, 65536)
            if not data:
                return
            *lines, buffered = (buffered + data).split(b"\n")
            for line in lines:
                start(json.loads(line))


serve()
