// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/welcomepage.h"

#include "theme/icons.h"
#include "theme/theme.h"
#include "widgets/banner.h"
#include "widgets/misc.h"
#include "widgets/paint.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

class RecentDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Theme::tokens();
        painter->save();
        paint::rowGround(painter, option);
        const bool isThere = index.data(Qt::UserRole + 1).toBool();
        QRectF rect = QRectF(option.rect).adjusted(12, 0, -12, 0);
        const int line = QFontMetrics(Theme::uiFont()).height();
        paint::icon(painter, QRectF(rect.left(), rect.top(), 16, rect.height()), u"folder"_s,
                    isThere ? t.accent : t.disabled);
        rect.setLeft(rect.left() + 28);
        const QString folder = index.data(Qt::UserRole).toString();
        const qreal top = rect.center().y() - line;
        paint::text(painter, QRectF(rect.left(), top, rect.width(), line), index.data().toString(), Theme::strongFont(),
                    isThere ? t.text : t.faint);
        paint::text(painter, QRectF(rect.left(), top + line + 1, rect.width(), line),
                    isThere ? folder : WelcomePage::tr("%1 (not there any more)").arg(folder), Theme::smallFont(),
                    t.muted, Qt::AlignLeft, Qt::ElideMiddle);
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {200, 2 * QFontMetrics(Theme::uiFont()).height() + 16};
    }
};

QString shortened(const QString &folder)
{
    const QString home = QDir::homePath();
    return folder.startsWith(home + u'/') ? QString(u"~"_s + folder.sliced(home.size())) : folder;
}

} // namespace

WelcomePage::WelcomePage(QWidget *parent)
    : QWidget(parent), m_banners(new BannerStack(this)), m_recent(new QListWidget(this)), m_recentBox(new QWidget(this))
{
    setObjectName(u"welcomePage"_s);
    auto *logo = new QLabel(this);
    logo->setPixmap(icons::pixmap(u"paddock"_s, Qt::black, 56, 2));
    auto *title = new QLabel(u"Paddock"_s, this);
    QFont big = Theme::titleFont();
    big.setPointSizeF(big.pointSizeF() * 1.7);
    title->setFont(big);
    auto *sentence =
        new QLabel(tr("Save a file of your plugin server and watch the running server take it: routes and plugins "
                      "are swapped in place, in milliseconds, with no request dropped. Whenever that cannot be "
                      "done, Paddock says why."),
                   this);
    sentence->setWordWrap(true);
    QPalette muted = sentence->palette();
    sentence->setForegroundRole(QPalette::WindowText);
    muted.setColor(QPalette::WindowText, Theme::tokens().muted);
    sentence->setPalette(muted);
    connect(Theme::instance(), &Theme::changed, sentence, [sentence] {
        QPalette palette = sentence->palette();
        palette.setColor(QPalette::WindowText, Theme::tokens().muted);
        sentence->setPalette(palette);
    });

    auto *sample = new QPushButton(icons::get(u"sample"_s, Theme::tokens().onAccent), tr("Open &sample"), this);
    sample->setObjectName(u"openSample"_s);
    sample->setDefault(true);
    sample->setAutoDefault(false);
    connect(Theme::instance(), &Theme::changed, sample,
            [sample] { sample->setIcon(icons::get(u"sample"_s, Theme::tokens().onAccent)); });
    sample->setToolTip(tr("A small shop to try Paddock on, copied to a folder of yours"));
    auto *folder = new QPushButton(icons::get(u"folder"_s), tr("Open &folder…"), this);
    folder->setObjectName(u"openFolder"_s);
    folder->setToolTip(tr("A folder with a server made with @donkeylabs/server"));
    for (QPushButton *button : {sample, folder})
        button->setMinimumHeight(36);
    auto *drop = mutedLabel(tr("or drop a folder anywhere on this window"), this);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(sample);
    buttons->addWidget(folder);
    buttons->addSpacing(4);
    buttons->addWidget(drop);
    buttons->addStretch();

    auto *recentTitle = new QLabel(tr("Recent workspaces"), this);
    recentTitle->setFont(Theme::strongFont());
    m_recent->setObjectName(u"recentList"_s);
    m_recent->setAccessibleName(tr("Recent workspaces"));
    m_recent->setItemDelegate(new RecentDelegate(m_recent));
    m_recent->setProperty("boxed", true);
    m_recent->setFrameShape(QFrame::StyledPanel);
    m_recent->setMouseTracking(true);
    m_recent->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_recent->setContextMenuPolicy(Qt::CustomContextMenu);
    auto *recentColumn = new QVBoxLayout(m_recentBox);
    recentColumn->setContentsMargins(0, 24, 0, 0);
    recentColumn->addWidget(recentTitle);
    recentColumn->addWidget(m_recent);

    auto *inner = new QWidget(this);
    inner->setFixedWidth(620);
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(logo);
    column->addSpacing(16);
    column->addWidget(title);
    column->addSpacing(8);
    column->addWidget(sentence);
    column->addSpacing(24);
    column->addLayout(buttons);
    column->addWidget(m_recentBox);

    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    page->addWidget(m_banners);
    page->addStretch(2);
    // Side stretches, not an alignment: the height of the wrapped sentence is then taken into account.
    auto *across = new QHBoxLayout;
    across->addStretch();
    across->addWidget(inner);
    across->addStretch();
    page->addLayout(across);
    page->addStretch(3);

    connect(sample, &QPushButton::clicked, this, &WelcomePage::sampleRequested);
    connect(folder, &QPushButton::clicked, this, &WelcomePage::folderRequested);
    const auto open = [this](const QListWidgetItem *item) { Q_EMIT workspaceRequested(item->toolTip()); };
    connect(m_recent, &QListWidget::itemClicked, this, open);
    connect(m_recent, &QListWidget::itemActivated, this, open);
    connect(m_recent, &QListWidget::customContextMenuRequested, this, [this](const QPoint &position) {
        const QListWidgetItem *item = m_recent->itemAt(position);
        if (!item)
            return;
        const QString path = item->toolTip();
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(tr("Remove from this list"), this, [this, path] { Q_EMIT forgetRequested(path); });
        menu->popup(m_recent->viewport()->mapToGlobal(position));
    });
    setRecent({});
}

void WelcomePage::setRecent(const QStringList &folders)
{
    m_recent->clear();
    for (const QString &folder : folders) {
        auto *item = new QListWidgetItem(QFileInfo(folder).fileName(), m_recent);
        item->setToolTip(folder);
        item->setData(Qt::UserRole, shortened(folder));
        item->setData(Qt::UserRole + 1, QFileInfo(folder).isDir());
    }
    m_recentBox->setVisible(!folders.isEmpty());
    const int row = 2 * QFontMetrics(Theme::uiFont()).height() + 16;
    m_recent->setFixedHeight(int(qMin<qsizetype>(folders.size(), 5)) * row + 2);
}

void WelcomePage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::tokens().surface);
}

} // namespace paddock::ui
