// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/portholder.h"

#include "process/processinfo.h"
#include "session/control.h"

#include <memory>

namespace paddock::session {

using namespace Qt::StringLiterals;

std::optional<process::RegisteredProcess> ownServer(qint64 pid)
{
    // Whatever a child starts carries the child's token, so a server below a script is known, too.
    const QByteArray token = process::environmentValue(pid, "PADDOCK_CHILD");
    for (const process::RegisteredProcess &one : process::ProcessRegistry().entries())
        if (one.name == "server"_L1 &&
            ((one.pid == pid && process::isSame(pid, one.startTicks)) || (!token.isEmpty() && one.token == token)))
            return one;
    return {};
}

QFuture<Result<>> stopOwnServer(qint64 pid, QObject *context)
{
    const auto failed = [](Result<> error) { return QtFuture::makeReadyValueFuture(std::move(error)); };
    const auto server = ownServer(pid);
    if (!server)
        return failed(fail(u"not-ours"_s, u"Process %1 is no server of Paddock: it is left alone."_s.arg(pid)));
    auto link = connectToSession(server->workspace);
    if (!link)
        return failed(std::unexpected(link.error()));
    const std::shared_ptr<agent::Link> kept(std::move(*link));
    return kept->request(u"stop"_s, {}, std::chrono::seconds(30))
        .then(context, [kept](const Result<QJsonObject> &answer) -> Result<> {
            if (!answer)
                return std::unexpected(answer.error());
            return {};
        });
}

} // namespace paddock::session
